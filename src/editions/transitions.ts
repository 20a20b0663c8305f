/** Every change of an edition's status. No other file writes `edition.status`, and a test keeps it so. */
import type { Queries } from '../db/client.js'
import { int, oneOf } from '../db/queries/sql-types.js'
import { statement } from '../db/queries/statement.js'
import type { Condition, RowChange } from '../db/queries/tables.js'
import { Problem } from '../errors.js'
import { type EditionStatus, editionStatuses, shownStatus, storedStatuses } from './edition.js'
import { type EditionVerb, type Transition, transitions } from './verbs.js'

type Column =
  | 'reason'
  | 'subject'
  | 'preheader'
  | 'papers'
  | 'weights'
  | 'compiled'
  | 'number'
  | 'send_at'
  | 'frozen_at'
  | 'fanned_out_at'
  | 'finished_at'
  | 'canary_left'
  | 'totals'

export type Move = {
  now: Date
  /** Columns that change with the status; what is not named stays. */
  set?: Pick<RowChange<'edition'>, Column>
  /** A condition of the caller's own, over `e`. */
  only?: Condition
}

/** One conditional update: of two callers at once, one moves the edition. @returns whether this call did. */
export async function moveEdition(
  db: Pick<Queries, 'tables'>,
  id: number,
  verb: EditionVerb,
  { now, set = {}, only }: Move,
): Promise<boolean> {
  const { from, to, when = {} }: Transition = transitions[verb]
  const { owed, frozen, papers, canaryOut, free } = when
  const moved = await db.tables
    .updateTable('edition as e')
    .set((eb) => {
      const is = (status: EditionStatus) => eb('e.status', '=', status)
      const held = eb.case().when(is('held'))
      const changes = { updated_at: now, ...set }
      switch (to) {
        case 'as it was':
          return changes
        case 'on its way':
          return {
            ...changes,
            status: eb
              .case()
              .when('e.fanned_out_at', 'is', null)
              .then('frozen' as const)
              .else('sending' as const)
              .end(),
          }
        case 'held or draft':
          return {
            ...changes,
            status: held
              .then('held' as const)
              .else('draft' as const)
              .end(),
            reason: held.then(eb.ref('e.reason')).end(),
          }
        case 'open again':
          return {
            ...changes,
            status: eb
              .case()
              .when(is('sent'))
              .then('sending' as const)
              .else(eb.ref('e.status'))
              .end(),
          }
        default:
          return { ...changes, status: to }
      }
    })
    .where('e.id', '=', id)
    .where('e.status', 'in', storedStatuses(from))
    .$if(owed !== undefined, (query) => query.where('e.fanned_out_at', owed ? 'is not' : 'is', null))
    .$if(frozen !== undefined, (query) => query.where('e.frozen_at', frozen ? 'is not' : 'is', null))
    .$if(papers === true, (query) => query.where('e.papers', 'is not', null))
    .$if(canaryOut === true, (query) => query.where('e.canary_left', '=', 0))
    .$if(free === true, (query) =>
      query.where('e.id', '=', (eb) =>
        eb.selectFrom('edition').select('id').where('id', '=', id).forUpdate().skipLocked(),
      ),
    )
    .$if(only !== undefined, (query) => (only ? query.where(only) : query))
    .returning('e.id')
    .execute()
  return moved.length > 0
}

/** @throws Problem `not-found`, or `conflict` when the edition's status does not allow the verb. */
export async function mustMoveEdition(db: Queries, id: number, verb: EditionVerb, move: Move): Promise<void> {
  if (!(await moveEdition(db, id, verb, move))) await refuseMove(db, id, verb)
}

/** Whether the edition's status allows the verb; what else the verb asks for is not looked at. */
export const mayMove = (status: EditionStatus, verb: EditionVerb): boolean =>
  (transitions[verb].from as readonly EditionStatus[]).includes(status)

const statusOf = statement({
  text: `SELECT ${shownStatus} AS status FROM edition e WHERE id = $1`,
  parameters: [int],
  columns: { status: oneOf(editionStatuses) },
})

/** @throws Problem `not-found` or `conflict`, always. */
export async function refuseMove(db: Queries, id: number, verb: EditionVerb): Promise<never> {
  const [edition] = await db.run(statusOf, [id])
  if (!edition) throw new Problem('not-found', `There is no edition ${id}.`)
  throw new Problem('conflict', `The edition is ${edition.status} and cannot be ${transitions[verb].done}.`)
}
