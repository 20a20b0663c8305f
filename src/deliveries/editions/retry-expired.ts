/** Gives places of batches that expired a row each that is due: only what can be sent comes back. */
import type { Queries } from '../../db/queries/queries.js'
import { count, int, nullable, text, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'

/** Whether `subscriber s` may be mailed an edition of a kind at an instant, both parameters of a statement. */
export const mayGetAgain = (kind: string, now: string): string => `s.status = 'active'
    AND (s.frequency = 'weekly') = (${kind}::text = 'weekly')
    AND coalesce(s.paused_until <= ${now}::timestamptz::date, true)
    AND NOT EXISTS (SELECT FROM suppression x WHERE x.email_key = s.email_key)`

/**
 * @param domain the recipient domain, or null for all of them.
 * @returns how many rows are due.
 */
export async function setExpiredApart(
  tx: Queries,
  { editionId, kind }: { editionId: number; kind: string },
  domain: string | null,
  now: Date,
): Promise<number> {
  const [row] = await tx.run(setApart, [editionId, domain, now, kind])
  return row?.mails ?? 0
}

const setApart = statement({
  text: `WITH wanted AS MATERIALIZED (
  SELECT b.id, p.n::int - 1 AS position, s.id AS reader, s.domain, b.created_at, b.edition_id
  FROM (SELECT * FROM batch WHERE edition_id = $1 AND status = 'expired' FOR UPDATE) b
  CROSS JOIN LATERAL unnest(b.readers) WITH ORDINALITY AS p(reader, n)
  JOIN subscriber s ON s.id = p.reader
  WHERE get_bit(b.accepted | b.apart, p.n::int - 1) = 0 AND ($2::text IS NULL OR s.domain = $2)
    AND ${mayGetAgain('$4', '$3')}
), rows AS (
  INSERT INTO delivery (id, kind, edition_id, subscriber_id, lane, status, domain, due_at, expires_at, created_at)
  SELECT id + position, 'edition', edition_id, reader, 1, 'due', domain, $3::timestamptz, $3::timestamptz + interval '1 day', created_at
  FROM wanted RETURNING id
), domains AS (
  UPDATE edition_domain k SET expired = k.expired - w.mails FROM (
    SELECT coalesce(d.domain, '') AS domain, count(*)::int AS mails
    FROM wanted w LEFT JOIN edition_domain d ON d.edition_id = $1 AND d.domain = w.domain GROUP BY 1
  ) w WHERE k.edition_id = $1 AND k.domain = w.domain
), apart AS (
  UPDATE batch b SET apart = b.apart | w.bits FROM (
    SELECT w.id, string_agg(CASE WHEN n = ANY (w.positions) THEN '1' ELSE '0' END, '' ORDER BY n)::varbit AS bits
    FROM (SELECT id, array_agg(position) AS positions FROM wanted GROUP BY id) w
    JOIN batch o ON o.id = w.id CROSS JOIN LATERAL generate_series(0, length(o.accepted) - 1) AS p(n) GROUP BY w.id
  ) w WHERE b.id = w.id
)
SELECT count(*) AS mails FROM rows`,
  parameters: [int, nullable(text), timestamptz, text],
  columns: { mails: count },
})
