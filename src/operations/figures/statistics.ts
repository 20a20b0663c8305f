/** How the list grows, and how its mail fares. */
import { daysBefore } from '../../clock.js'
import { type Static, Type } from 'typebox'
import type { Queries } from '../../db/client.js'
import { quoted } from '../../db/queries/quoted.js'
import { bigint, float, int, json, text, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { readTotals } from '../../deliveries/ledger/totals.js'
import { type DeliveryStatus, deliveryStatuses, fates } from '../../mail/delivery-status.js'
import { isAlive } from '../../mail/alive-workers.js'

export type GrowthDay = { day: string; active: number; joined: number; left: number }

const growthByDay = statement({
  text: `WITH days AS (
       SELECT day, coalesce(sum(n) FILTER (WHERE kind = 'joined'), 0)::int AS joined,
         coalesce(sum(n) FILTER (WHERE kind = 'left'), 0)::int AS left
       FROM subscriber_sum WHERE kind IN ('joined', 'left') GROUP BY 1
     ), span AS (
       SELECT d::date AS day FROM generate_series(($1::timestamptz AT TIME ZONE 'UTC')::date - ($2::int - 1),
         ($1::timestamptz AT TIME ZONE 'UTC')::date, interval '1 day') d
     )
     SELECT s.day::text AS day, coalesce(d.joined, 0) AS joined, coalesce(d.left, 0) AS left,
       (SELECT coalesce(sum(b.joined - b.left), 0) FROM days b WHERE b.day <= s.day)::int AS active
     FROM span s LEFT JOIN days d USING (day) ORDER BY s.day`,
  parameters: [timestamptz, int],
  columns: { day: text, joined: int, left: int, active: int },
})

/** Each of the last days in UTC: who joined, who left, and how many there were at its end. */
export async function growth(db: Queries, days: number, now: Date): Promise<GrowthDay[]> {
  return db.run(growthByDay, [now, days])
}

export type Fate = {
  accepted: number
  deferred: number
  rejected: number
  leftOut: number
  unsubscribed: number
}

const editionsOut = statement({
  text: `SELECT e.id, e.period, (SELECT count(*)::int FROM subscriber s WHERE s.unsubscribed_at >= e.fanned_out_at
       AND s.unsubscribed_at < e.fanned_out_at + interval '1 day') AS unsubscribed
     FROM edition e WHERE fanned_out_at IS NOT NULL ORDER BY day DESC, id DESC LIMIT $1`,
  parameters: [bigint],
  columns: { id: int, period: text, unsubscribed: int },
})

/** The last editions that went out, newest first; who left within a day of it counts as unsubscribed. */
export async function byEdition(
  db: Queries,
  limit: number,
): Promise<(Fate & { period: string; owed: number })[]> {
  const rows = []
  for (const { id, ...edition } of await db.run(editionsOut, [limit])) {
    const { byStatus } = await readTotals(db, id)
    const sum = (statuses: readonly DeliveryStatus[]) =>
      statuses.reduce((total, status) => total + byStatus[status], 0)
    rows.push({
      ...edition,
      owed: sum(deliveryStatuses),
      accepted: byStatus.accepted,
      deferred: sum(fates.deferred),
      rejected: sum(fates.rejected),
      leftOut: sum(fates.leftOut),
    })
  }
  return rows
}

const fateByDomain = statement({
  text: `WITH gone AS (
       SELECT domain, count(*)::int AS n FROM subscriber WHERE unsubscribed_at >= $1 GROUP BY 1
     ), mails AS (
       SELECT k.domain, k.owed, k.accepted, 0 AS deferred, k.expired AS rejected, k.cancelled AS left_out
       FROM edition_domain k JOIN edition e ON e.id = k.edition_id WHERE e.fanned_out_at >= $1
       UNION ALL
       SELECT d.domain, count(*) FILTER (WHERE e.batches IS NULL),
         count(*) FILTER (WHERE d.status = 'accepted'),
         count(*) FILTER (WHERE d.status IN (${quoted(fates.deferred)})),
         count(*) FILTER (WHERE d.status IN (${quoted(fates.rejected)})),
         count(*) FILTER (WHERE d.status IN (${quoted(fates.leftOut)}))
       FROM delivery d LEFT JOIN edition e ON e.id = d.edition_id WHERE d.created_at >= $1 GROUP BY 1
     )
     SELECT m.domain, sum(m.owed)::int AS owed, sum(m.accepted)::int AS accepted, sum(m.deferred)::int AS deferred,
       sum(m.rejected)::int AS rejected, sum(m.left_out)::int AS "leftOut",
       coalesce((SELECT n FROM gone g WHERE g.domain = m.domain), 0) AS unsubscribed
     FROM mails m WHERE m.domain <> '' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $2`,
  parameters: [timestamptz, bigint],
  columns: {
    domain: text,
    owed: int,
    accepted: int,
    deferred: int,
    rejected: int,
    leftOut: int,
    unsubscribed: int,
  },
})

/** The recipient domains with most mail of the last days; what a batch sent is added when the batch ends. */
export async function byDomain(
  db: Queries,
  days: number,
  limit: number,
  now: Date,
): Promise<(Fate & { domain: string; owed: number })[]> {
  return db.run(fateByDomain, [daysBefore(now, days), limit])
}

const relayHealth = Type.Object({
  name: Type.String(),
  state: Type.Enum(['up', 'down']),
  fault: Type.Union([Type.String(), Type.Null()]),
  connections: Type.Number(),
  // Workers of earlier releases do not say it.
  smtpUtf8: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
})

export type RelaySeen = {
  worker: string
  seenAt: Date
  perSecond: number
  sent: number
  relays: Static<typeof relayHealth>[]
}

const aliveWorkers = statement({
  text: `SELECT name AS worker, seen_at AS "seenAt", per_second AS "perSecond", sent, relays FROM worker
     WHERE ${isAlive('$1')} ORDER BY name`,
  parameters: [timestamptz],
  columns: {
    worker: text,
    seenAt: timestamptz,
    perSecond: float,
    sent: int,
    relays: json(Type.Array(relayHealth)),
  },
})

/** What each sending process said of itself within the last minute. */
export async function workers(db: Queries, now: Date): Promise<RelaySeen[]> {
  return db.run(aliveWorkers, [now])
}
