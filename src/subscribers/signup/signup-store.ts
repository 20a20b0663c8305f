/** The one statement that a sign-up is: counted, limited, written and owed its mail, all or nothing. */
import type { Db } from '../../db/client.js'
import type { SignupLimits } from '../admission/limits.js'
import type { Proof } from '../admission/proof.js'

export type SignupRow = {
  email: string
  domain: string
  disposable: boolean
  /** What the reader wants once confirmed, and where the sign-up was found. */
  wishes: object
  source: string | null
  /** Keyed hashes: of the folded address, of the network; null where there is nothing to count. */
  guard: Buffer
  network: Buffer | null
  /** The solved challenge, if any: each is good once until it expires. */
  proof: Proof | null
  /** Hashes of the address under every kept key, as the suppression list knows erased ones. */
  erasures: Buffer[]
  token: Buffer
  /** Payload of the mail that is owed. */
  payload: object
  evidence: { ip: string | null; userAgent: string | null; text: string | null }
}

/** `limited` names nobody: it depends on networks, domains and the whole, never on the address. */
export type Verdict = 'admitted' | 'limited_network' | 'limited_domain' | 'limited_all' | 'prove'

export type Stored = {
  verdict: Verdict
  /** Sign-ups of its network in this hour, this one among them; 0 where no network is known. */
  used: number
}

export type SignupTimes = { at: Date; tokenExpires: Date; hourEnds: Date; minuteEnds: Date }

/*
 * Rows are locked in one order, counters, guards, subscribers, tokens, so that two processes never wait for
 * each other. Every row of a batch has a guard and an address of its own. Live tokens are looked up one by
 * one, by index: a join would, on statistics of a table that grew since, read all of them. Nobody is in
 * `person` alone; the join is a full one since the planner, which takes batches for small, would otherwise
 * compare each row with each.
 */
const statement = `
WITH request AS MATERIALIZED (
  SELECT * FROM unnest(
    $1::int[], $2::text[], $3::text[], $4::boolean[], $5::jsonb[], $6::text[], $7::bytea[], $8::bytea[],
    $9::bytea[], $10::text[], $11::bytea[], $12::jsonb[], $13::text[], $14::text[], $15::text[], $27::timestamptz[]
  ) AS r(i, email, domain, disposable, wishes, source, guard, network, proof, erasures, token, payload, ip,
         user_agent, consent, proof_expires)
), mark AS MATERIALIZED (
  SELECT r.i, m.scope, m.key, m.window_end, m.most,
         row_number() OVER (PARTITION BY m.scope, m.key ORDER BY r.i)
           - count(*) OVER (PARTITION BY m.scope, m.key) AS offset_in_batch
  FROM request r CROSS JOIN LATERAL (VALUES
    ('all', '\\x'::bytea, $17::timestamptz, $19::int),
    ('domain', convert_to(r.domain, 'UTF8'), $16::timestamptz, $20::int),
    ('network', r.network, $16::timestamptz, $21::int),
    ('proof', r.proof, r.proof_expires, 1)
  ) AS m(scope, key, window_end, most)
  WHERE m.key IS NOT NULL
), counted AS (
  INSERT INTO signup_count AS c (scope, key, window_end, count)
  SELECT scope, key, window_end, count(*) FROM mark GROUP BY scope, key, window_end ORDER BY scope, key
  ON CONFLICT (scope, key, window_end) DO UPDATE SET count = c.count + EXCLUDED.count
  RETURNING scope, key, count
), verdict AS MATERIALIZED (
  SELECT m.i, CASE
    WHEN bool_or(m.scope = 'network' AND c.count + m.offset_in_batch > m.most) THEN 'limited_network'
    WHEN bool_or(m.scope = 'domain' AND c.count + m.offset_in_batch > m.most) THEN 'limited_domain'
    WHEN bool_or(m.scope = 'all' AND c.count + m.offset_in_batch > m.most) THEN 'limited_all'
    WHEN bool_or(m.scope = 'all' AND c.count + m.offset_in_batch > $22::int)
      AND NOT bool_or(m.scope = 'proof' AND c.count + m.offset_in_batch <= 1) THEN 'prove'
    ELSE 'admitted' END AS verdict,
    coalesce(max(c.count + m.offset_in_batch) FILTER (WHERE m.scope = 'network'), 0)::int AS used
  FROM mark m JOIN counted c ON c.scope = m.scope AND c.key = m.key
  GROUP BY m.i
), guarded AS (
  INSERT INTO signup_guard AS g (key, mailed, unclicked, mailed_at)
  SELECT r.guard, ARRAY[$18::timestamptz], 1, $18
  FROM request r JOIN verdict v USING (i) WHERE v.verdict = 'admitted' ORDER BY r.guard
  ON CONFLICT (key) DO UPDATE
    SET mailed = (ARRAY[$18::timestamptz] || g.mailed)[1:greatest($23::int, $24::int)],
        unclicked = g.unclicked + 1, mailed_at = $18
    WHERE coalesce(g.mailed[$23] <= $18 - interval '1 hour', true)
      AND coalesce(g.mailed[$24] <= $18 - interval '1 day', true)
      AND g.unclicked < $25::int
  RETURNING key
), wanted AS MATERIALIZED (
  SELECT r.*, lower(r.email) AS email_key, EXISTS (
    SELECT 1 FROM suppression s
    WHERE s.email_key IS NULL AND s.hash = ANY (string_to_array(r.erasures, ',')::bytea[])
  ) AS erased
  FROM request r JOIN guarded g ON g.key = r.guard
), person AS (
  INSERT INTO subscriber AS s (email, email_key, domain, status, source, disposable, created_at, updated_at)
  SELECT email, email_key, domain, 'pending', source, disposable, $18, $18
  FROM wanted WHERE NOT erased ORDER BY email_key
  ON CONFLICT (email_key) DO UPDATE SET updated_at = $18
  RETURNING id, email_key, status
), ready AS MATERIALIZED (
  SELECT w.*, p.id, p.status, w.erased OR p.status IN ('bounced', 'complained') OR EXISTS (
    SELECT 1 FROM suppression s WHERE s.email_key = w.email_key
  ) AS suppressed
  FROM wanted w FULL JOIN person p ON p.email_key = w.email_key
), replaced AS (
  UPDATE token t SET replaced_at = $18
  WHERE t.hash = ANY (ARRAY(
    SELECT (SELECT l.hash FROM token l
            WHERE l.subscriber_id = r.id AND l.kind = 'confirm' AND l.used_at IS NULL AND l.replaced_at IS NULL)
    FROM ready r
  ))
  RETURNING t.hash
), minted AS (
  INSERT INTO token AS t (hash, kind, subscriber_id, payload, created_at, expires_at)
  SELECT token, 'confirm', id, wishes, $18, $26::timestamptz
  FROM ready, (SELECT count(*) FROM replaced) AS after_replacing WHERE id IS NOT NULL
  ON CONFLICT (subscriber_id, kind) WHERE used_at IS NULL AND replaced_at IS NULL
    DO UPDATE SET hash = EXCLUDED.hash, payload = EXCLUDED.payload,
                  created_at = EXCLUDED.created_at, expires_at = EXCLUDED.expires_at
  RETURNING t.hash
), evidence AS (
  INSERT INTO consent (subscriber_id, action, at, ip, user_agent, source, text)
  SELECT id, 'signup', $18, ip, user_agent, source, consent FROM ready WHERE id IS NOT NULL
  RETURNING id
), owed AS (
  INSERT INTO delivery
    (kind, subscriber_id, domain, payload, due_at, lane, status, settled_at, reason, created_at)
  SELECT CASE status WHEN 'active' THEN 'notice' ELSE 'confirmation' END, id, domain, payload, $18, 0,
         CASE WHEN suppressed THEN 'left_out' ELSE 'due' END,
         CASE WHEN suppressed THEN $18 END, CASE WHEN suppressed THEN 'suppressed' END, $18
  FROM ready
  RETURNING id
)
SELECT verdict, used FROM verdict ORDER BY i`

/** Writes all rows in one transaction; a row that is not admitted leaves only its mark in the counters. */
export async function storeSignups(
  db: Pick<Db, 'sql'>,
  rows: SignupRow[],
  limits: SignupLimits,
  times: SignupTimes,
): Promise<Stored[]> {
  const column = <T>(pick: (row: SignupRow) => T) => rows.map(pick)
  return db.sql<Stored>(statement, [
    rows.map((_, i) => i),
    column((row) => row.email),
    column((row) => row.domain),
    column((row) => row.disposable),
    column((row) => JSON.stringify(row.wishes)),
    column((row) => row.source),
    column((row) => row.guard),
    column((row) => row.network),
    column((row) => row.proof?.hash ?? null),
    column((row) => row.erasures.map((hash) => `\\x${hash.toString('hex')}`).join(',')),
    column((row) => row.token),
    column((row) => JSON.stringify(row.payload)),
    column((row) => row.evidence.ip),
    column((row) => row.evidence.userAgent),
    column((row) => row.evidence.text),
    times.hourEnds,
    times.minuteEnds,
    times.at,
    limits.allMinute,
    limits.domainHour,
    limits.networkHour,
    limits.proofMinute,
    limits.addressHour,
    limits.addressDay,
    limits.unclicked,
    times.tokenExpires,
    column((row) => row.proof?.expires ?? null),
  ])
}
