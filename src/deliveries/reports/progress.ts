/** How far an edition is, how fast it goes and how long it will take. */
import type { Db } from '../../db/client.js'
import { quoted } from '../../db/queries/quoted.js'
import { int, nullable, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { type DeliveryStatus, openStatuses } from '../../mail/delivery-status.js'
import { countByStatus } from './report.js'

export type Progress = {
  owed: number
  byStatus: Record<DeliveryStatus, number>
  /** Rows that have come to an end, whichever. */
  done: number
  /** Rows that are due or on their way, tries to come included. */
  open: number
  /** Held in doubt for a human. */
  held: number
  /** The next time at which a row is due, when none is now. */
  nextDueAt: Date | null
  /** Rows ended per second, over the last looks; 0 before the second look. */
  perSecond: number
  /** Null while it cannot be foretold. */
  secondsLeft: number | null
}

/** Looks at an edition again and again; a look costs a row for each batch and each exception. */
export function openProgress(db: Db, editionId: number): () => Promise<Progress> {
  let last: { at: number; done: number } | undefined
  let perSecond = 0
  return async () => {
    const byStatus = await countByStatus(db, editionId)
    const { held, nextDueAt } = await openMails(db, editionId)
    const { due, claimed, deferred, in_doubt: inDoubt } = byStatus
    const owed = Object.values(byStatus).reduce((sum, count) => sum + count, 0)
    const open = due + claimed + deferred + inDoubt - held
    const done = owed - open - held
    const at = performance.now()
    if (last && at > last.at) {
      const rate = ((done - last.done) * 1_000) / (at - last.at)
      perSecond = perSecond === 0 ? rate : 0.7 * perSecond + 0.3 * rate
    }
    last = { at, done }
    const secondsLeft = open === 0 ? 0 : perSecond > 0 ? Math.ceil(open / perSecond) : null
    return { owed, byStatus, done, open, held, nextDueAt, perSecond, secondsLeft }
  }
}

const heldAndNext = statement({
  text: `SELECT (SELECT count(*)::int FROM delivery WHERE edition_id = $1 AND status = 'in_doubt' AND due_at IS NULL) AS held,
       least((SELECT min(due_at) FROM delivery WHERE edition_id = $1 AND status IN (${quoted(openStatuses)})),
         (SELECT min(due_at) FROM batch WHERE edition_id = $1 AND status = 'due')) AS "nextDueAt"`,
  parameters: [int],
  columns: { held: int, nextDueAt: nullable(timestamptz) },
})

/** Mails held in doubt for a human, and when the next try of the others is; null when none is to come. */
export async function openMails(
  db: Db,
  editionId: number,
): Promise<{ held: number; nextDueAt: Date | null }> {
  const [row] = await db.run(heldAndNext, [editionId])
  return row ?? { held: 0, nextDueAt: null }
}
