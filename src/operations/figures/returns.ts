/** What came back over days: by class, by domain against the mail that was accepted there, and by relay. */
import { daysBefore } from '../../clock.js'
import type { Queries } from '../../db/client.js'
import { count, day, int, nullable, present, text, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'

/** Of a domain's mail: what Gmail and Yahoo ask senders to stay below, and where they begin to refuse. */
export const complaintShares = { watch: 0.001, most: 0.003 } as const

const byDayAndClass = statement({
  text: `SELECT d.day::date AS day,
       count(*) FILTER (WHERE class = 'hard') AS hard, count(*) FILTER (WHERE class = 'soft') AS soft,
       count(*) FILTER (WHERE class = 'ours') AS ours, count(*) FILTER (WHERE class = 'policy') AS policy,
       count(*) FILTER (WHERE kind = 'complaint') AS complaints, count(*) FILTER (WHERE kind = 'left') AS "left"
     FROM generate_series(($1::timestamptz AT TIME ZONE 'UTC')::date - ($2::int - 1),
       ($1::timestamptz AT TIME ZONE 'UTC')::date, interval '1 day') d(day)
     LEFT JOIN verdict v ON v.at >= d.day AT TIME ZONE 'UTC' AND v.at < (d.day + interval '1 day') AT TIME ZONE 'UTC'
       AND v.undone_at IS NULL
     GROUP BY 1 ORDER BY 1`,
  parameters: [timestamptz, int],
  columns: { day, hard: count, soft: count, ours: count, policy: count, complaints: count, left: count },
})

/** Each of the last days in UTC; what was undone is not counted. */
export const returnsByDay = (db: Queries, days: number, now: Date) => db.run(byDayAndClass, [now, days])

const byDomainAndDay = statement({
  text: `WITH sent AS (
       SELECT domain, day, sum(mails) AS accepted FROM (
         SELECT k.domain, (e.fanned_out_at AT TIME ZONE 'UTC')::date AS day, k.accepted AS mails
         FROM edition_domain k JOIN edition e ON e.id = k.edition_id WHERE e.fanned_out_at >= $1
         UNION ALL
         SELECT domain, (settled_at AT TIME ZONE 'UTC')::date, count(*) FROM delivery
         WHERE status = 'accepted' AND settled_at >= $1 AND subscriber_id IS NOT NULL GROUP BY 1, 2) x
       WHERE domain <> '' GROUP BY 1, 2
     ), back AS (
       SELECT domain, (at AT TIME ZONE 'UTC')::date AS day,
         count(*) FILTER (WHERE kind = 'bounce') AS bounced,
         count(DISTINCT coalesce(subscriber_id, -id)) FILTER (WHERE kind = 'complaint') AS complaints
       FROM verdict WHERE at >= $1 AND undone_at IS NULL GROUP BY 1, 2
     ), shown AS (
       SELECT domain FROM (
         SELECT domain, 0 AS mails, complaints, bounced FROM back
         UNION ALL SELECT domain, accepted, 0, 0 FROM sent) x
       GROUP BY 1 ORDER BY sum(complaints) DESC, sum(bounced) DESC, sum(mails) DESC, 1 LIMIT $2::int
     )
     SELECT domain, coalesce(s.day, b.day) AS day, coalesce(s.accepted, 0)::int8 AS accepted,
       coalesce(b.bounced, 0) AS bounced, coalesce(b.complaints, 0) AS complaints
     FROM sent s FULL JOIN back b USING (domain, day) JOIN shown USING (domain) ORDER BY 1, 2`,
  parameters: [timestamptz, int],
  columns: { domain: text, day, accepted: count, bounced: count, complaints: count },
})

export type ComplaintRate = {
  domain: string
  accepted: number
  bounced: number
  complaints: number
  /** Complaints of the mails that reached a mailbox; null where none did. */
  share: number | null
  /** The day in UTC with the highest share, as Gmail counts by days. */
  worst: { day: string; share: number } | null
  level: 'fine' | 'watch' | 'over'
}

const domainsShown = 100

/** Of the last days, the domains with most complaints first, then those with most that came back. */
export async function complaintRates(db: Queries, days: number, now: Date): Promise<ComplaintRate[]> {
  const rows = await db.run(byDomainAndDay, [daysBefore(now, days), domainsShown])
  return [...new Set(rows.map(({ domain }) => domain))]
    .map((domain) =>
      rateOf(
        domain,
        rows.filter((row) => row.domain === domain),
      ),
    )
    .toSorted((a, b) => b.complaints - a.complaints || b.bounced - a.bounced || b.accepted - a.accepted)
}

type DomainDay = { day: string; accepted: number; bounced: number; complaints: number }

function rateOf(domain: string, days: DomainDay[]): ComplaintRate {
  const sum = (figure: 'accepted' | 'bounced' | 'complaints') =>
    days.reduce((total, one) => total + one[figure], 0)
  const whole = { accepted: sum('accepted'), bounced: sum('bounced'), complaints: sum('complaints') }
  const shares = days.flatMap((one) => {
    const share = shareOf(one)
    return share === null || share === 0 ? [] : [{ day: one.day, share }]
  })
  const share = shareOf(whole)
  const worst = shares.toSorted((a, b) => b.share - a.share)[0] ?? null
  return { domain, ...whole, share, worst, level: levelOf(Math.max(share ?? 0, worst?.share ?? 0)) }
}

/** What bounced did not reach a mailbox, so that nobody could complain of it. */
function shareOf({ accepted, bounced, complaints }: Omit<DomainDay, 'day'>): number | null {
  const reached = accepted - bounced
  if (reached <= 0) return complaints > 0 ? 1 : null
  return Math.min(1, complaints / reached)
}

const levelOf = (share: number): ComplaintRate['level'] =>
  share >= complaintShares.most ? 'over' : share >= complaintShares.watch ? 'watch' : 'fine'

/** Of the newest verdicts alone, since each asks for the mail that it is about. */
const relayOfNewest = statement({
  text: `SELECT coalesce(m.relay, 'unknown') AS relay, v.kind, v.class, count(*) AS verdicts FROM (
       SELECT id, kind, class, subscriber_id, edition_id, delivery_id FROM verdict
       WHERE at >= $1 AND undone_at IS NULL ORDER BY id DESC LIMIT 2000
     ) v LEFT JOIN LATERAL (
       SELECT o.relay FROM mails_of(v.subscriber_id) o
       WHERE o.id = v.delivery_id OR (v.delivery_id IS NULL AND o.edition_id = v.edition_id) LIMIT 1
     ) m ON true GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3 LIMIT 100`,
  parameters: [timestamptz],
  columns: { relay: text, kind: text, class: nullable(text), verdicts: count },
})

/** By the relay that had taken the mail, of the newest two thousand. */
export const returnsByRelay = (db: Queries, days: number, now: Date) =>
  db.run(relayOfNewest, [daysBefore(now, days)])

const refusedOfUs = statement({
  text: `SELECT class, domain, count(*) AS mails, (array_agg(words ORDER BY id DESC))[1] AS words FROM verdict
     WHERE at > $1::timestamptz - interval '1 day' AND undone_at IS NULL AND class IN ('ours', 'policy')
     GROUP BY 1, 2 ORDER BY 3 DESC, 2 LIMIT 200`,
  parameters: [timestamptz],
  columns: { class: present(text), domain: text, mails: count, words: nullable(text) },
})

/** What others have against us or our mail, of the last 24 hours: no reader is to blame. */
export const faultsFound = (db: Queries, now: Date) => db.run(refusedOfUs, [now])

const verdictsOfDay = statement({
  text: `SELECT kind, coalesce(class, '') AS class, count(*)::int8 AS value FROM verdict
     WHERE at > $1::timestamptz - interval '1 day' AND undone_at IS NULL GROUP BY 1, 2`,
  parameters: [timestamptz],
  columns: { kind: text, class: text, value: count },
})

/** Of the last 24 hours, by kind and class. */
export const countReturns = (db: Queries, now: Date) => db.run(verdictsOfDay, [now])

const unplacedNow = statement({
  text: `SELECT state, count(*)::int8 AS value FROM inbound_mail WHERE state IN ('waiting', 'unplaced') GROUP BY 1`,
  parameters: [],
  columns: { state: text, value: count },
})

/** What waits to be judged, and what belongs to no mail of ours. */
export const countOpenReturns = (db: Queries) => db.run(unplacedNow, [])
