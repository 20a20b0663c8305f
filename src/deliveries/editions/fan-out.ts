/** Owes an edition to every active reader who is to get it, once: batches of some hundred readers, in one statement. */
import type { Clock } from '../../clock.js'
import type { Config } from '../../config/config.js'
import { type Db, inTransaction, type Tx } from '../../db/client.js'
import { columnValues } from '../../db/queries/columns.js'
import {
  bigint,
  day,
  days,
  float,
  int,
  ints,
  nullable,
  oneOf,
  smallint,
  text,
  texts,
  timestamps,
  timestamptz,
} from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { readEditionById } from '../../editions/store.js'
import { moveEdition } from '../../editions/transitions.js'
import { findHold } from '../../db/continuity/hold.js'
import { Problem } from '../../errors.js'
import { canarySize, smallest } from '../ledger/canary.js'
import { batchSize } from '../ledger/place.js'
import { expiryOf, slotOf } from '../ledger/slots.js'

type FanOutNeeds = { db: Db; clock: Clock; config: Pick<Config, 'timezone' | 'canaryPercent'> }

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
  return inTransaction(db, async (_, tx) => {
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
  return tx.run(insert, [
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

const countSome = statement({
  text: `SELECT count(*)::int AS rows FROM (
      SELECT FROM subscriber WHERE status = 'active' AND frequency = ANY ($1) LIMIT $2
    ) x`,
  parameters: [texts, bigint],
  columns: { rows: int },
})

/** How many readers there may be, counted up to where it makes no difference any more. */
async function countReaders(tx: Tx, frequencies: string[]): Promise<number> {
  const [found] = await tx.run(countSome, [frequencies, batchSize * leastBatches])
  return found?.rows ?? 0
}

/** The few combinations of zone, hour and frequency that need a time of their own. */
const ownSlots = statement({
  text: `SELECT DISTINCT timezone, hour, frequency FROM subscriber
    WHERE status = 'active' AND frequency = ANY ($1)
      AND (hour IS NOT NULL OR frequency = 'weekdays' OR paused_until IS NOT NULL)`,
  parameters: [texts],
  columns: {
    timezone: nullable(text),
    hour: nullable(smallint),
    frequency: oneOf(columnValues.subscriber.frequency),
  },
})

// A reader whose settings changed a moment ago matches no slot and takes the common one: they are not lost.
// Who is suppressed though active has a place too: the claim leaves it out and says why.
// A share chosen by chance is due a millisecond early and so goes before its like: the canary.
// Who has a choice of their own shares batches with their like, so that it stands beside the places.
const insert = statement({
  text: `WITH personal AS MATERIALIZED (
  SELECT p.reader, substring(o.orders FROM ((p.n - 1) * w.bytes + 1)::int FOR w.bytes) AS own
  FROM personal_order o, LATERAL (SELECT length(o.orders) / nullif(cardinality(o.readers), 0) AS bytes) w,
    unnest(o.readers) WITH ORDINALITY AS p(reader, n) WHERE o.edition_id = $1
), chosen AS MATERIALIZED (
  SELECT s.id, s.domain, o.own, coalesce(t.expires_at, $4) AS expires_at,
    coalesce(t.due_at, $3) - CASE WHEN random() < $12 THEN interval '1 millisecond' ELSE interval '0' END AS due_at
  FROM subscriber s
  LEFT JOIN personal o ON o.reader = s.id
  LEFT JOIN unnest($6::text[], $7::int[], $8::text[], $9::timestamptz[], $10::timestamptz[], $11::date[])
    AS t(timezone, hour, frequency, due_at, expires_at, local_day)
    ON t.timezone = coalesce(s.timezone, '') AND t.hour = coalesce(s.hour, -1) AND t.frequency = s.frequency
  WHERE s.status = 'active' AND s.frequency = ANY ($2)
    AND (s.paused_until IS NULL OR s.paused_until <= coalesce(t.local_day, $5::date))
), placed AS (
  SELECT id, due_at, expires_at, own,
    (row_number() OVER (PARTITION BY due_at, own IS NULL ORDER BY id) - 1) / $13::int AS n FROM chosen
), owed AS (
  INSERT INTO batch (edition_id, due_at, expires_at, created_at, first_reader, last_reader, readers, accepted, apart, orders)
  SELECT $1, due_at, min(expires_at), $14, min(id), max(id), array_agg(id ORDER BY id),
    repeat('0', count(*)::int)::varbit, repeat('0', count(*)::int)::varbit, string_agg(own, ''::bytea ORDER BY id)
  FROM placed GROUP BY due_at, own IS NULL, n ORDER BY due_at, own IS NULL DESC, n
  RETURNING due_at, length(accepted) AS places
), domains AS (
  INSERT INTO edition_domain (edition_id, domain, owed)
  SELECT $1, CASE WHEN rank <= $15 THEN domain ELSE '' END, sum(owed)::int
  FROM (SELECT domain, count(*) AS owed, row_number() OVER (ORDER BY count(*) DESC, domain) AS rank
        FROM chosen GROUP BY domain) x GROUP BY 2
)
SELECT due_at AS at, sum(places)::int AS rows, count(*)::int AS batches FROM owed GROUP BY 1`,
  parameters: [
    int,
    texts,
    timestamptz,
    timestamptz,
    day,
    texts,
    ints,
    texts,
    timestamps,
    timestamps,
    days,
    float,
    int,
    timestamptz,
    bigint,
  ],
  columns: { at: timestamptz, rows: int, batches: int },
})
