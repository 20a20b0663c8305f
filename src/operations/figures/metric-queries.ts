/** What the gauges of the ledger ask the database: sums of batches, and counts of exceptions. */
import { quoted } from '../../db/queries/quoted.js'
import { bigint, float, text, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { goingOut } from '../../deliveries/ledger/going-out.js'
import { openStatuses } from '../../mail/delivery-status.js'

/** Mails that are still to end, by status and lane. */
export const openMails = statement({
  text: `SELECT status, lane::text AS lane, sum(mails)::float AS value FROM (
  SELECT status, lane, count(*) AS mails FROM delivery WHERE status IN (${quoted(openStatuses)}) GROUP BY 1, 2
  UNION ALL SELECT status, lane, count(*) FROM delivery WHERE status = 'claimed' GROUP BY 1, 2
  UNION ALL SELECT status, 1, sum(length(accepted) - bit_count(accepted | apart)) FROM batch WHERE status = 'due' GROUP BY 1
  UNION ALL SELECT status, 1, sum(length(accepted) - bit_count(accepted | apart)) FROM batch WHERE status = 'claimed' GROUP BY 1
) x GROUP BY 1, 2`,
  parameters: [],
  columns: { status: text, lane: text, value: float },
})

/** Seconds for which the mail that has been due longest has been so at $1, by lane. */
export const oldestDue = statement({
  text: `SELECT lane, greatest(0, coalesce(extract(epoch FROM $1::timestamptz - min(due_at)), 0))::float AS value FROM (
  SELECT '0' AS lane, min(due_at) AS due_at FROM delivery
  WHERE edition_id IS NULL AND status IN (${quoted(openStatuses)}) AND due_at <= $1
  UNION ALL
  SELECT '1', (SELECT min(due_at) FROM delivery d
    WHERE d.edition_id = e.id AND d.status IN (${quoted(openStatuses)}) AND d.due_at <= $1)
  FROM edition e WHERE e.status IN ${goingOut}
  UNION ALL
  SELECT '1', (SELECT min(due_at) FROM batch b WHERE b.edition_id = e.id AND b.status = 'due' AND b.due_at <= $1)
  FROM edition e WHERE e.status IN ${goingOut}
  UNION ALL SELECT '1', NULL
) x GROUP BY 1`,
  parameters: [timestamptz],
  columns: { lane: text, value: float },
})

/** Tries of the day before $1, by relay and outcome. */
export const triesOfDay = statement({
  text: `SELECT coalesce(relay, 'none') AS relay, outcome, sum(tries)::float AS value FROM (
  SELECT relay, outcome, count(*) AS tries FROM attempt WHERE at > $1::timestamptz - interval '1 day' GROUP BY 1, 2
  UNION ALL
  SELECT relay, 'accepted', accepted FROM relay_hour WHERE hour > $1::timestamptz - interval '1 day'
  UNION ALL
  SELECT x.relay, 'accepted', cardinality(x.places) FROM batch b JOIN batch_settle x ON x.batch_id = b.id
  WHERE b.ended_at IS NULL AND b.settles > 0 AND x.at > $1::timestamptz - interval '1 day'
) x GROUP BY 1, 2 LIMIT 200`,
  parameters: [timestamptz],
  columns: { relay: text, outcome: text, value: float },
})

/** Mails of the day before $1 by status, for the $2 domains with most; what a batch sent is added when it ends. */
export const mailsOfDay = statement({
  text: `WITH recent AS (
  SELECT k.domain, s.status, s.mails
  FROM edition e JOIN edition_domain k ON k.edition_id = e.id CROSS JOIN LATERAL (VALUES
    ('accepted', k.accepted), ('expired', k.expired), ('cancelled', k.cancelled),
    ('due', k.owed - k.accepted - k.expired - k.cancelled)) s(status, mails)
  WHERE e.fanned_out_at > $1::timestamptz - interval '1 day'
  UNION ALL
  SELECT d.domain, d.status, count(*) FROM delivery d WHERE d.created_at > $1::timestamptz - interval '1 day' GROUP BY 1, 2
  UNION ALL
  SELECT d.domain, 'due', -count(*) FROM delivery d JOIN edition e ON e.id = d.edition_id
  WHERE e.batches IS NOT NULL AND e.fanned_out_at > $1::timestamptz - interval '1 day' GROUP BY 1
), top AS (
  SELECT domain FROM recent WHERE domain <> '' GROUP BY 1 ORDER BY sum(mails) DESC, 1 LIMIT $2
)
SELECT coalesce(top.domain, 'other') AS domain, r.status, sum(r.mails)::float AS value
FROM recent r LEFT JOIN top USING (domain) GROUP BY 1, 2 HAVING sum(r.mails) > 0`,
  parameters: [timestamptz, bigint],
  columns: { domain: text, status: text, value: float },
})
