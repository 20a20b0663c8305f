/** The editions that are going out: which have rows to claim, which are done. */
import type { Db } from '../../db/client.js'
import { moveEdition } from '../../editions/transitions.js'
import type { Claimed } from './delivery.js'
import { quoted } from '../../db/quoted.js'
import { openStatuses } from '../../mail/delivery-status.js'

/** Ids of the editions that are `sending`, the one due first before the others. */
export async function sendingEditions(db: Db): Promise<number[]> {
  const rows = await db.sql<{ id: number }>(
    `SELECT id FROM edition WHERE status = 'sending' ORDER BY send_at, id`,
  )
  return rows.map((row) => row.id)
}

/** The ids of those rows whose edition is still `sending`; a mail without edition is always wanted. */
export async function stillSending(db: Db, waiting: Claimed[]): Promise<Set<string>> {
  const editions = new Set(waiting.map(({ editionId }) => editionId))
  const open = new Set<number | null>([null])
  if (editions.size > 1 || !editions.has(null)) for (const id of await sendingEditions(db)) open.add(id)
  return new Set(waiting.filter(({ editionId }) => open.has(editionId)).map(({ id }) => id))
}

/** No row of it can still go out: what is held in doubt waits for a human, not for us. */
const nothingOpen = `NOT EXISTS (
    SELECT FROM delivery d WHERE d.edition_id = e.id AND d.status IN (${quoted(openStatuses)}) AND d.due_at IS NOT NULL
  ) AND NOT EXISTS (
    SELECT FROM delivery d WHERE d.edition_id = e.id AND d.status = 'claimed'
  )`

/** Marks the edition as `sent` when it is. @returns whether this call did it. */
export function finishEdition(db: Db, editionId: number, now: Date): Promise<boolean> {
  return moveEdition(db.sql, editionId, 'finish', { now, set: { finished_at: now }, only: nothingOpen })
}

/** Cancels what is left of cancelled editions, also rows that a worker gave back after the cancelling. */
export async function sweepCancelled(db: Db, now: Date): Promise<void> {
  const editions = await db.sql<{ id: number }>(
    `SELECT id FROM edition WHERE status = 'cancelled' AND fanned_out_at IS NOT NULL AND finished_at IS NULL`,
  )
  for (const { id } of editions) {
    await db.sql(
      `UPDATE delivery SET status = 'cancelled', settled_at = $2, reason = 'the edition was cancelled'
       WHERE edition_id = $1 AND status IN (${quoted(openStatuses)})`,
      [id, now],
    )
    await db.sql(
      `UPDATE edition e SET finished_at = $2 WHERE id = $1 AND status = 'cancelled' AND ${nothingOpen}`,
      [id, now],
    )
  }
}
