/** The editions that are going out: which have mails to claim, which are done. */
import { type Db } from '../../db/client.js'
import { quoted } from '../../db/queries/quoted.js'
import { bigint, int, json, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { fixedCondition } from '../../db/queries/tables.js'
import { moveEdition } from '../../editions/transitions.js'
import { openStatuses } from '../../mail/delivery-status.js'
import type { Claimed } from '../ledger/delivery.js'
import { goingOut } from '../ledger/going-out.js'
import { cancelBatches, expireBatches } from '../ledger/release.js'
import { sumTotals, totalsSchema } from '../ledger/totals.js'

const going = statement({
  text: `SELECT id FROM edition WHERE status IN ${goingOut} ORDER BY send_at, id`,
  parameters: [],
  columns: { id: int },
})

/** Ids of the editions that go out, the one due first before the others. */
export async function sendingEditions(db: Db): Promise<number[]> {
  const rows = await db.run(going, [])
  return rows.map((row) => row.id)
}

/** The ids of those mails whose edition still goes out; a mail without edition is always wanted. */
export async function stillSending(db: Db, waiting: Claimed[]): Promise<Set<string>> {
  const editions = new Set(waiting.map(({ editionId }) => editionId))
  const open = new Set<number | null>([null])
  if (editions.size > 1 || !editions.has(null)) for (const id of await sendingEditions(db)) open.add(id)
  return new Set(waiting.filter(({ editionId }) => open.has(editionId)).map(({ id }) => id))
}

/** No mail of it can still go out: what is held in doubt waits for a human, not for us. */
const nothingOpen = `NOT EXISTS (
    SELECT FROM delivery d WHERE d.edition_id = e.id AND d.status IN (${quoted(openStatuses)}) AND d.due_at IS NOT NULL
  ) AND NOT EXISTS (
    SELECT FROM delivery d WHERE d.edition_id = e.id AND d.status = 'claimed'
  ) AND NOT EXISTS (
    SELECT FROM batch b WHERE b.edition_id = e.id AND b.status = 'due'
  ) AND NOT EXISTS (
    SELECT FROM batch b WHERE b.edition_id = e.id AND b.status = 'claimed'
  )`

/** Marks the edition as `sent` when it is, and keeps its totals. @returns whether this call did it. */
export async function finishEdition(db: Db, editionId: number, now: Date): Promise<boolean> {
  const move = { now, set: { finished_at: now }, only: fixedCondition(nothingOpen) }
  const finished = await moveEdition(db, editionId, 'finish', move)
  if (finished) await keepTotals(db, editionId)
  return finished
}

const overdueBatch = statement({
  text: `SELECT id FROM batch WHERE edition_id = $1 AND status = 'due' AND due_at <= $2 AND expires_at <= $2 LIMIT 1`,
  parameters: [int, timestamptz],
  columns: { id: bigint },
})

/** Ends those of its batches that are no longer worth sending. */
export async function expireOverdue(db: Db, editionId: number, now: Date): Promise<void> {
  const [overdue] = await db.run(overdueBatch, [editionId, now])
  if (overdue) await expireBatches(db, editionId, now)
}

const unfinishedCancelled = statement({
  text: `SELECT id FROM edition e WHERE status = 'cancelled' AND fanned_out_at IS NOT NULL
       AND (finished_at IS NULL OR NOT (${nothingOpen}))`,
  parameters: [],
  columns: { id: int },
})

const cancelRows = statement({
  text: `UPDATE delivery SET status = 'cancelled', settled_at = $2, reason = 'the edition was cancelled'
       WHERE edition_id = $1 AND status IN (${quoted(openStatuses)})`,
  parameters: [int, timestamptz],
  columns: {},
})

const finishCancelled = statement({
  text: `UPDATE edition e SET finished_at = $2 WHERE id = $1 AND status = 'cancelled' AND ${nothingOpen}`,
  parameters: [int, timestamptz],
  columns: {},
})

/** Cancels what is left of cancelled editions, also what a worker gave back after the cancelling. */
export async function sweepCancelled(db: Db, now: Date): Promise<void> {
  const editions = await db.run(unfinishedCancelled, [])
  for (const { id } of editions) {
    await db.run(cancelRows, [id, now])
    await cancelBatches(db, id, now)
    await db.run(finishCancelled, [id, now])
  }
}

const withoutTotals = statement({
  text: `SELECT id FROM edition WHERE totals IS NULL AND finished_at IS NOT NULL AND status IN ('sent', 'cancelled')
     ORDER BY id LIMIT 1`,
  parameters: [],
  columns: { id: int },
})

/** Keeps the totals of one edition that is out and has none yet, such as one from before totals were kept. */
export async function freezeTotals(db: Db): Promise<void> {
  const [edition] = await db.run(withoutTotals, [])
  if (edition) await keepTotals(db, edition.id)
}

const lockOut = statement({
  text: `SELECT id FROM edition WHERE id = $1 AND status IN ('sent', 'cancelled') AND finished_at IS NOT NULL FOR UPDATE`,
  parameters: [int],
  columns: { id: int },
})

const writeTotals = statement({
  text: 'UPDATE edition SET totals = $2 WHERE id = $1',
  parameters: [int, json(totalsSchema)],
  columns: {},
})

const keepTotals = (db: Db, editionId: number): Promise<void> =>
  db.transaction(null, async (tx) => {
    const [out] = await tx.run(lockOut, [editionId])
    if (!out) return
    const totals = await sumTotals(tx, editionId)
    await tx.run(writeTotals, [editionId, totals])
  })
