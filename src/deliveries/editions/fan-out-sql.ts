/** The statements of a fan-out: who may get the edition, when, and the batches that owe it to them. */
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

export const countSome = statement({
  text: `SELECT count(*)::int AS rows FROM (
      SELECT FROM subscriber WHERE status = 'active' AND frequency = ANY ($1) LIMIT $2
    ) x`,
  parameters: [texts, bigint],
  columns: { rows: int },
})

/** The few combinations of zone, hour and frequency that need a time of their own. */
export const ownSlots = statement({
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
export const insertBatches = statement({
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
