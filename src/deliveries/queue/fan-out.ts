/** Writes the rows of an edition: one for every active reader who is to get it, once, in one statement. */
import type { Clock } from '../../clock.js'
import type { Config } from '../../config/config.js'
import { type Db, inTransaction, type Query } from '../../db/client.js'
import { readEditionById } from '../../editions/store.js'
import { moveEdition } from '../../editions/transitions.js'
import { findHold } from '../../db/continuity/hold.js'
import { Problem } from '../../errors.js'
import { canarySize, smallest } from './canary.js'
import { type Slot, type SlotGroup, slotOf } from './slots.js'

type FanOutNeeds = { db: Db; clock: Clock; config: Pick<Config, 'timezone' | 'canaryPercent'> }

type Opened = { id: number; kind: 'daily' | 'weekly'; sendAt: Date }

/** An edition is today's for a day from when it is first due; the next one takes its place. */
const dayMs = 86_400_000

/** Below this the planner's old figures do no harm. */
const analyzeFrom = 10_000

/**
 * Sets a frozen edition to `sending` and writes its deliveries; both or neither.
 * @returns the number of rows, or null when it was fanned out before, is being so, or may not be sent.
 * @throws Problem `conflict` while all sending is held.
 */
export async function fanOut({ db, clock, config }: FanOutNeeds, editionId: number): Promise<number | null> {
  const hold = await findHold(db, db.witness)
  if (hold) throw new Problem('conflict', `All sending is held. ${hold.why} See: daily-papers status`)
  const rows = await inTransaction(db, async (query) => {
    const edition = await openForSending(query, editionId, clock.now())
    if (!edition) return null
    const times = await writeRows(query, edition, config, clock.now())
    const canary = canarySize(times, config.canaryPercent)
    await query('UPDATE edition SET canary = $2, canary_left = $2 WHERE id = $1', [editionId, canary])
    return times.reduce((sum, { rows }) => sum + rows, 0)
  })
  // Without it claims take seconds, until autovacuum comes by.
  if (rows !== null && rows >= analyzeFrom) await db.sql('ANALYZE delivery')
  return rows
}

async function openForSending(query: Query, editionId: number, now: Date): Promise<Opened | null> {
  if (!(await moveEdition(query, editionId, 'fanOut', { now, set: { fanned_out_at: now } }))) return null
  const edition = await readEditionById(query, editionId)
  return edition && { id: editionId, kind: edition.kind, sendAt: edition.sendAt ?? now }
}

/** @returns how many rows are due when. */
async function writeRows(
  query: Query,
  edition: Opened,
  { timezone: zone, canaryPercent }: FanOutNeeds['config'],
  now: Date,
): Promise<{ at: Date; rows: number }[]> {
  const frequencies = edition.kind === 'weekly' ? ['weekly'] : ['daily', 'weekdays']
  const groups = await ownSlots(query, frequencies)
  const slots = groups.map((group) => slotOf(edition.sendAt, group, zone))
  const common = slotOf(edition.sendAt, { timezone: null, hour: null, frequency: 'daily' }, zone)
  return query(insert, [
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
    (await isLarge(query, frequencies)) ? canaryPercent / 100 : 0,
  ])
}

/** Whether there may be so many readers that some of them go first. */
async function isLarge(query: Query, frequencies: string[]): Promise<boolean> {
  const [found] = await query<{ rows: number }>(
    `SELECT count(*)::int AS rows FROM (SELECT FROM subscriber WHERE status = 'active' AND frequency = ANY ($1) LIMIT $2) x`,
    [frequencies, smallest],
  )
  return found?.rows === smallest
}

// An edition that goes out late is still worth a day of tries.
const expiryOf = (slot: Slot, now: Date) => new Date(Math.max(slot.dueAt.getTime(), now.getTime()) + dayMs)

/** The few combinations of zone, hour and frequency that need a time of their own. */
function ownSlots(query: Query, frequencies: string[]): Promise<SlotGroup[]> {
  return query<SlotGroup>(
    `SELECT DISTINCT timezone, hour, frequency FROM subscriber
     WHERE status = 'active' AND frequency = ANY ($1)
       AND (hour IS NOT NULL OR frequency = 'weekdays' OR paused_until IS NOT NULL)`,
    [frequencies],
  )
}

// A reader whose settings changed a moment ago matches no slot and takes the common one: he is not lost.
// Who is suppressed though active gets a row too: the claim leaves it out and says why.
// A share chosen by chance is due a millisecond early and so goes before its like: the canary.
const insert = `WITH owed AS (
  INSERT INTO delivery (kind, edition_id, subscriber_id, lane, status, domain, due_at, expires_at)
  SELECT 'edition', $1, s.id, 1, 'due', s.domain,
    coalesce(t.due_at, $3) - CASE WHEN random() < $12 THEN interval '1 millisecond' ELSE interval '0' END,
    coalesce(t.expires_at, $4)
  FROM subscriber s
  LEFT JOIN unnest($6::text[], $7::int[], $8::text[], $9::timestamptz[], $10::timestamptz[], $11::date[])
    AS t(timezone, hour, frequency, due_at, expires_at, local_day)
    ON t.timezone = coalesce(s.timezone, '') AND t.hour = coalesce(s.hour, -1) AND t.frequency = s.frequency
  WHERE s.status = 'active' AND s.frequency = ANY ($2)
    AND (s.paused_until IS NULL OR s.paused_until <= coalesce(t.local_day, $5::date))
  RETURNING due_at
) SELECT due_at AS at, count(*)::int AS rows FROM owed GROUP BY 1`
