/** Ends batches, or gives them back: one whose places all have a state is done, and adds to the sums that are kept. */
import type { Queries } from '../../db/queries/queries.js'
import { count, day, int, nullable, text, timestamptz, uuids } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'

const whole = 'bit_count(b.accepted | b.apart) = length(b.accepted)'

/** @param which batches, of which those become `otherwise` that are not whole, for this reason. */
const textOf = (which: string, otherwise: string, reason: string) => `WITH released AS (
       UPDATE batch b SET status = CASE WHEN ${whole} THEN 'done' ELSE ${otherwise} END, reason = CASE WHEN NOT ${whole} THEN ${reason} END,
         claim = NULL, lease_until = NULL, begun = NULL,
         ended_at = CASE WHEN ${whole} OR ${otherwise} <> 'due' THEN $1::timestamptz END
       WHERE ${which} RETURNING b.id, b.edition_id, b.status, b.readers, b.accepted, b.apart, b.ended_at
     ), ended AS (
       SELECT * FROM released WHERE ended_at IS NOT NULL
     ), domains AS (
       INSERT INTO edition_domain AS k (edition_id, domain, owed, accepted, expired, cancelled)
       SELECT e.edition_id, coalesce(d.domain, ''), 0,
         count(*) FILTER (WHERE get_bit(e.accepted, p.n::int - 1) = 1)::int,
         count(*) FILTER (WHERE e.status = 'expired' AND get_bit(e.accepted, p.n::int - 1) = 0)::int,
         count(*) FILTER (WHERE e.status = 'cancelled' AND get_bit(e.accepted, p.n::int - 1) = 0)::int
       FROM ended e CROSS JOIN LATERAL unnest(e.readers) WITH ORDINALITY AS p(reader, n)
       LEFT JOIN subscriber s ON s.id = p.reader
       LEFT JOIN edition_domain d ON d.edition_id = e.edition_id AND d.domain = s.domain
       WHERE get_bit(e.apart, p.n::int - 1) = 0 GROUP BY 1, 2 ORDER BY 1, 2
       ON CONFLICT (edition_id, domain) DO UPDATE SET accepted = k.accepted + excluded.accepted,
         expired = k.expired + excluded.expired, cancelled = k.cancelled + excluded.cancelled
     ), relays AS (
       INSERT INTO relay_hour AS k (hour, relay, accepted)
       SELECT date_trunc('hour', x.at), x.relay, sum(cardinality(x.places))::int
       FROM ended e JOIN batch_settle x ON x.batch_id = e.id GROUP BY 1, 2 ORDER BY 1, 2
       ON CONFLICT (hour, relay) DO UPDATE SET accepted = k.accepted + excluded.accepted
     )
     SELECT count(*) AS batches, coalesce(sum(length(accepted) - bit_count(accepted | apart)), 0)::bigint AS mails
     FROM released`

const columns = { batches: count, mails: count }

const giveBack = statement({
  text: textOf('b.claim = ANY ($2)', `'due'`, 'NULL'),
  parameters: [timestamptz, uuids],
  columns,
})

const cancelDue = statement({
  text: textOf(`b.edition_id = $2 AND b.status = 'due'`, `'cancelled'`, `'the edition was cancelled'`),
  parameters: [timestamptz, int],
  columns,
})

const expireDue = statement({
  text: textOf(`b.edition_id = $2 AND b.status = 'due' AND b.expires_at <= $1`, `'expired'`, `'expired'`),
  parameters: [timestamptz, int],
  columns,
})

const passOverOpen = statement({
  text: textOf(
    `b.status IN ('due', 'claimed') AND EXISTS (SELECT FROM edition e WHERE e.id = b.edition_id
       AND CASE WHEN $3::date IS NULL THEN b.expires_at - interval '1 day' <= $2 ELSE e.day < $3::date END)`,
    `'cancelled'`,
    '$4',
  ),
  parameters: [timestamptz, timestamptz, nullable(day), text],
  columns,
})

/**
 * Gives batches back that were claimed under these claims; those that have become whole are done.
 * @returns how many were still held by them.
 */
export async function releaseBatches(tx: Queries, claims: string[], now: Date): Promise<number> {
  if (claims.length === 0) return 0
  const [row] = await tx.run(giveBack, [now, claims])
  return row?.batches ?? 0
}

/** Ends what is left of an edition's batches that nobody holds, for the edition was cancelled. */
export async function cancelBatches(tx: Queries, editionId: number, now: Date): Promise<void> {
  await tx.run(cancelDue, [now, editionId])
}

/** Ends an edition's batches that nobody holds and that are no longer worth sending. */
export async function expireBatches(tx: Queries, editionId: number, now: Date): Promise<void> {
  await tx.run(expireDue, [now, editionId])
}

/**
 * Ends batches, held or not, that were first due before, or whose edition is of an earlier day where one is given.
 * @returns how many mails are owed no more.
 */
export async function passOverBatches(
  tx: Pick<Queries, 'run'>,
  { at, firstDay, reason }: { at: Date; firstDay: string | null; reason: string },
  now: Date,
): Promise<number> {
  const [row] = await tx.run(passOverOpen, [now, at, firstDay, reason])
  return row?.mails ?? 0
}
