/** Every change of an edition's status. No other file writes `edition.status`, and a test keeps it so. */
import type { Queries } from '../db/client.js'
import { Problem } from '../errors.js'
import { type EditionStatus, shownStatus } from './edition.js'

type Transition = {
  from: readonly EditionStatus[]
  /** SQL over `e` where it depends on the row. */
  to: EditionStatus | { sql: string }
  /** What else must be true of the row, as SQL over `e`. */
  when?: string
  /** Other columns that always change with it, as SQL over `e`. */
  also?: string
  /** Completes "The edition is sent and cannot be …". */
  done: string
}

/** An edition whose mail has been owed goes on with it; another one waits for its time. */
const onItsWay = { sql: `CASE WHEN e.fanned_out_at IS NULL THEN 'frozen' ELSE 'sending' END` }
const unbuilt = ['empty', 'thin', 'failed', 'draft', 'held'] as const

const transitions = {
  /** Papers were chosen. What an operator holds stays held, for the reason it was held. */
  draft: {
    from: unbuilt,
    to: { sql: `CASE e.status WHEN 'held' THEN 'held' ELSE 'draft' END` },
    also: `reason = CASE e.status WHEN 'held' THEN e.reason END`,
    done: 'built',
  },
  /** No papers were listed, too few, or the source failed. */
  empty: { from: unbuilt, to: 'empty', done: 'built' },
  thin: { from: unbuilt, to: 'thin', done: 'built' },
  failed: { from: unbuilt, to: 'failed', done: 'built' },
  hold: {
    from: ['draft', 'frozen', 'held'],
    to: 'held',
    when: 'e.fanned_out_at IS NULL AND e.papers IS NOT NULL',
    done: 'held',
  },
  freeze: { from: ['draft', 'held'], to: 'frozen', when: 'e.frozen_at IS NULL', done: 'frozen' },
  /** Lets a frozen edition go that was held. */
  release: { from: ['held'], to: onItsWay, when: 'e.frozen_at IS NOT NULL', done: 'approved' },
  /** Sets another time; the status stays. */
  schedule: {
    from: ['draft', 'held', 'frozen'],
    to: { sql: 'e.status' },
    when: 'e.fanned_out_at IS NULL',
    done: 'scheduled',
  },
  /** Whoever comes second finds the row locked and does not wait. */
  fanOut: {
    from: ['frozen'],
    to: 'sending',
    when: `e.fanned_out_at IS NULL AND e.id = (SELECT id FROM edition WHERE id = $1 FOR UPDATE SKIP LOCKED)`,
    done: 'sent',
  },
  /** Too many of the first mails were refused. */
  holdCanary: { from: ['sending'], to: 'held', when: 'e.canary_left = 0', done: 'held' },
  pause: { from: ['frozen', 'sending'], to: 'paused', done: 'paused' },
  /** Goes on where it stopped. A held edition is approved by it. */
  resume: { from: ['paused', 'held'], to: onItsWay, when: 'e.frozen_at IS NOT NULL', done: 'resumed' },
  /** For good: every row that did not go out ends as `cancelled`. */
  cancel: { from: ['draft', 'held', 'frozen', 'sending', 'paused'], to: 'cancelled', done: 'cancelled' },
  finish: { from: ['sending'], to: 'sent', when: 'e.fanned_out_at IS NOT NULL', done: 'finished' },
  /** Some of its deliveries are tried again. */
  retry: {
    from: ['sending', 'paused', 'sent'],
    to: { sql: `CASE e.status WHEN 'sent' THEN 'sending' ELSE e.status END` },
    done: 'tried again',
  },
} satisfies Record<string, Transition>

export type EditionVerb = keyof typeof transitions

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
  set?: Partial<Record<Column, unknown>>
  /** A condition of the caller's own, as SQL over `e`. */
  only?: string
}

/** One conditional update: of two callers at once, one moves the edition. @returns whether this call did. */
export async function moveEdition(
  db: Queries,
  id: number,
  verb: EditionVerb,
  { now, set = {}, only }: Move,
): Promise<boolean> {
  const { from, to, when, also }: Transition = transitions[verb]
  const values: unknown[] = [id, now, from]
  const bind = (value: unknown) => `$${values.push(value)}`
  const changes = [
    `status = ${typeof to === 'string' ? `'${to}'` : to.sql}`,
    'updated_at = $2',
    ...(also ? [also] : []),
    ...Object.entries(set).map(([column, value]) => `${column} = ${bind(value)}`),
  ]
  const conditions = [
    'e.id = $1',
    `${shownStatus} = ANY ($3)`,
    ...(when ? [when] : []),
    ...(only ? [only] : []),
  ]
  const rows = await db.sql(
    `UPDATE edition e SET ${changes.join(', ')} WHERE ${conditions.join(' AND ')} RETURNING e.id`,
    values,
  )
  return rows.length > 0
}

/** @throws Problem `not-found`, or `conflict` when the edition's status does not allow the verb. */
export async function mustMoveEdition(db: Queries, id: number, verb: EditionVerb, move: Move): Promise<void> {
  if (!(await moveEdition(db, id, verb, move))) await refuseMove(db, id, verb)
}

/** Whether the edition's status allows the verb; what else the verb asks for is not looked at. */
export const mayMove = (status: EditionStatus, verb: EditionVerb): boolean =>
  (transitions[verb].from as readonly EditionStatus[]).includes(status)

/** @throws Problem `not-found` or `conflict`, always. */
export async function refuseMove(db: Queries, id: number, verb: EditionVerb): Promise<never> {
  const [edition] = await db.sql<{ status: EditionStatus }>(
    `SELECT ${shownStatus} AS status FROM edition e WHERE id = $1`,
    [id],
  )
  if (!edition) throw new Problem('not-found', `There is no edition ${id}.`)
  throw new Problem('conflict', `The edition is ${edition.status} and cannot be ${transitions[verb].done}.`)
}
