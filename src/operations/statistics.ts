/** How the list grows, and how its mail fares. */
import { type Static, Type } from 'typebox'
import type { Queries } from '../db/client.js'
import { quoted } from '../db/quoted.js'
import { bigint, float, int, json, text, timestamptz } from '../db/sql-types.js'
import { statement } from '../db/statement.js'
import { fates } from '../mail/delivery-status.js'
import { isAlive } from '../mail/alive-workers.js'

export type GrowthDay = { day: string; active: number; joined: number; left: number }

const growthByDay = statement({
  text: `WITH joined AS (
       SELECT (confirmed_at AT TIME ZONE 'UTC')::date AS day, count(*)::int AS n FROM subscriber
       WHERE confirmed_at IS NOT NULL GROUP BY 1
     ), gone AS (
       SELECT (unsubscribed_at AT TIME ZONE 'UTC')::date AS day, count(*)::int AS n FROM subscriber
       WHERE confirmed_at IS NOT NULL AND unsubscribed_at IS NOT NULL GROUP BY 1
     ), span AS (
       SELECT d::date AS day FROM generate_series(($1::timestamptz AT TIME ZONE 'UTC')::date - ($2::int - 1),
         ($1::timestamptz AT TIME ZONE 'UTC')::date, interval '1 day') d
     )
     SELECT s.day::text AS day, coalesce(j.n, 0) AS joined, coalesce(g.n, 0) AS left,
       ((SELECT coalesce(sum(n), 0) FROM joined WHERE joined.day <= s.day)
        - (SELECT coalesce(sum(n), 0) FROM gone WHERE gone.day <= s.day))::int AS active
     FROM span s LEFT JOIN joined j USING (day) LEFT JOIN gone g USING (day) ORDER BY s.day`,
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

const fateCounts = `count(*) FILTER (WHERE d.status = 'accepted')::int AS accepted,
  count(*) FILTER (WHERE d.status IN (${quoted(fates.deferred)}))::int AS deferred,
  count(*) FILTER (WHERE d.status IN (${quoted(fates.rejected)}))::int AS rejected,
  count(*) FILTER (WHERE d.status IN (${quoted(fates.leftOut)}))::int AS "leftOut"`

const fateColumns = { accepted: int, deferred: int, rejected: int, leftOut: int }

const fateByEdition = statement({
  text: `SELECT e.period, count(d.id)::int AS owed, ${fateCounts},
       (SELECT count(*)::int FROM subscriber s WHERE s.unsubscribed_at >= e.fanned_out_at
          AND s.unsubscribed_at < e.fanned_out_at + interval '1 day') AS unsubscribed
     FROM (SELECT * FROM edition WHERE fanned_out_at IS NOT NULL ORDER BY day DESC, id DESC LIMIT $1) e
     LEFT JOIN delivery d ON d.edition_id = e.id
     GROUP BY e.id, e.period, e.day, e.fanned_out_at ORDER BY e.day DESC, e.id DESC`,
  parameters: [bigint],
  columns: { period: text, owed: int, ...fateColumns, unsubscribed: int },
})

/** The last editions that went out, newest first; who left within a day of it counts as unsubscribed. */
export async function byEdition(
  db: Queries,
  limit: number,
): Promise<(Fate & { period: string; owed: number })[]> {
  return db.run(fateByEdition, [limit])
}

const fateByDomain = statement({
  text: `SELECT t.*, (SELECT count(*)::int FROM subscriber s WHERE s.domain = t.domain
        AND s.unsubscribed_at >= $1::timestamptz - make_interval(days => $2)) AS unsubscribed
     FROM (
       SELECT d.domain, count(*)::int AS owed, ${fateCounts} FROM delivery d
       WHERE d.created_at >= $1::timestamptz - make_interval(days => $2)
       GROUP BY d.domain ORDER BY 2 DESC, 1 LIMIT $3
     ) t ORDER BY t.owed DESC, t.domain`,
  parameters: [timestamptz, int, bigint],
  columns: { domain: text, owed: int, ...fateColumns, unsubscribed: int },
})

/** The recipient domains with most mail of the last days. */
export async function byDomain(
  db: Queries,
  days: number,
  limit: number,
  now: Date,
): Promise<(Fate & { domain: string; owed: number })[]> {
  return db.run(fateByDomain, [now, days, limit])
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
