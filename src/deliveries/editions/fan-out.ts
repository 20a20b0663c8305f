/** Owes an edition to every active reader who is to get it, once: batches of some hundred readers, in one statement. */
import type { Clock } from '../../clock.js'
import type { Config } from '../../config/config.js'
import type { Db, Tx } from '../../db/client.js'
import { readEditionById } from '../../editions/store.js'
import { moveEdition } from '../../editions/transitions.js'
import { findHold } from '../../db/continuity/hold.js'
import { Problem } from '../../errors.js'
import { canarySize, smallest } from '../ledger/canary.js'
import { batchSize } from '../ledger/place.js'
import { expiryOf, slotOf } from '../ledger/slots.js'
import { countSome, insertBatches, ownSlots } from './fan-out-sql.js'

export type FanOutNeeds = { db: Db; clock: Clock; config: Pick<Config, 'timezone' | 'canaryPercent'> }

type Opened = { id: number; kind: 'daily' | 'weekly'; sendAt: Date }

/** A small edition still has work for several workers at once. */
const leastBatches = 20
const smallestBatch = 20

/** So many recipient domains have sums of their own; the others share one. */
const domainsKept = 500

/**
 * Sets a frozen edition to `sending` and owes it to its readers; both or neither.
 * @returns the number of mails, or null when it was fanned out before, is being so, or may not be sent.
 * @throws Problem `conflict` while all sending is held.
 */
export async function fanOut({ db, clock, config }: FanOutNeeds, editionId: number): Promise<number | null> {
  const hold = await findHold(db, db.witness)
  if (hold) throw new Problem('conflict', `All sending is held. ${hold.why} See: daily-papers status`)
  return db.transaction(null, async (tx) => {
    const edition = await openForSending(tx, editionId, clock.now())
    if (!edition) return null
    const times = await writeBatches(tx, edition, config, clock.now())
    const canary = canarySize(times, config.canaryPercent)
    await tx.tables.deleteFrom('personal_order').where('edition_id', '=', editionId).execute()
    const batches = times.reduce((sum, time) => sum + time.batches, 0)
    await tx.tables
      .updateTable('edition')
      .set({ batches, canary, canary_left: canary })
      .where('id', '=', editionId)
      .execute()
    return times.reduce((sum, { rows }) => sum + rows, 0)
  })
}

async function openForSending(tx: Tx, editionId: number, now: Date): Promise<Opened | null> {
  if (!(await moveEdition(tx, editionId, 'fanOut', { now, set: { fanned_out_at: now } }))) return null
  const edition = await readEditionById(tx, editionId)
  return edition && { id: editionId, kind: edition.kind, sendAt: edition.sendAt ?? now }
}

/** @returns how many mails are due when, and in how many batches. */
async function writeBatches(
  tx: Tx,
  edition: Opened,
  { timezone: zone, canaryPercent }: FanOutNeeds['config'],
  now: Date,
): Promise<{ at: Date; rows: number; batches: number }[]> {
  const frequencies = edition.kind === 'weekly' ? ['weekly'] : ['daily', 'weekdays']
  const groups = await tx.run(ownSlots, [frequencies])
  const slots = groups.map((group) => slotOf(edition.sendAt, group, zone))
  const common = slotOf(edition.sendAt, { timezone: null, hour: null, frequency: 'daily' }, zone)
  const readers = await countReaders(tx, frequencies)
  return tx.run(insertBatches, [
    edition.id,
    frequencies,
    common.dueAt,
    expiryOf(common, now),
    common.localDay,
    groups.map((group) => group.timezone ?? ''),
    groups.map((group) => group.hour ?? -1),
    groups.map((group) => group.frequency),
    slots.map((slot) => slot.dueAt),
    slots.map((slot) => expiryOf(slot, now)),
    slots.map((slot) => slot.localDay),
    readers >= smallest ? canaryPercent / 100 : 0,
    Math.min(batchSize, Math.max(smallestBatch, Math.ceil(readers / leastBatches))),
    now,
    domainsKept,
  ])
}

/** How many readers there may be, counted up to where it makes no difference any more. */
async function countReaders(tx: Tx, frequencies: string[]): Promise<number> {
  const [found] = await tx.run(countSome, [frequencies, batchSize * leastBatches])
  return found?.rows ?? 0
}
