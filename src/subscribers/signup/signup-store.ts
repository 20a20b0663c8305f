/** The one statement that a sign-up is: counted, limited, written and owed its mail, all or nothing. */
import type { Db } from '../../db/client.js'
import {
  booleans,
  bytesList,
  bytesOrNulls,
  int,
  ints,
  jsons,
  nullable,
  oneOf,
  texts,
  textsOrNulls,
  timestamps,
  timestamptz,
} from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { doorSql, doorTerms, type Limit, type Refused, refusals, termsOf } from '../door/count-sql.js'
import type { Network, SignupLimits } from '../door/limits.js'
import type { Proof } from '../admission/proof.js'
import { tokenExpiry } from '../tokens.js'

export type SignupRow = {
  email: string
  domain: string
  disposable: boolean
  /** What the reader wants once confirmed, and where the sign-up was found. */
  wishes: object
  source: string | null
  /** Keyed hash of the folded address. */
  guard: Buffer
  /** Null where there is nothing to count. */
  from: Network | null
  /** The solved challenge, if any: each is good once until it expires. */
  proof: Proof | null
  token: Buffer
  /** Payload of the mail that is owed. */
  payload: object
  evidence: { ip: string | null; userAgent: string | null; text: string | null }
}

export type Stored = {
  /** Null for one that was taken, whether its address may be mailed or not. */
  refused: Refused | null
  /** Sign-ups of its network in this hour, this one among them; 0 where no network is known. */
  used: number
}

/*
 * Rows are locked in one order, counters, guards, subscribers, tokens, so that two processes never wait for
 * each other. Every row of a batch has a guard and an address of its own. Live tokens are looked up one by
 * one, by index: a join would, on statistics of a table that grew since, read all of them. Whoever is in
 * `wanted` is in `person`; the join is a full one all the same, since the planner, which takes batches for
 * small, would otherwise compare each row with each.
 */
const signingUp = (...limits: Limit[]) => {
  const door = doorSql(new Set([...limits, 'guard', 'domain', 'all']))
  return `
WITH ${door.terms}, request AS MATERIALIZED (
  SELECT *, NULL::bytea AS asker, false AS trusted FROM unnest(
    $2::int[], $3::text[], $4::text[], $5::boolean[], $6::jsonb[], $7::text[], $8::bytea[], $9::bytea[],
    $10::bytea[], $11::bytea[], $12::timestamptz[], $13::bytea[], $14::jsonb[], $15::text[], $16::text[],
    $17::text[]
  ) AS r(i, email, domain, disposable, wishes, source, guard, network, site, proof, proof_expires, token,
         payload, ip, user_agent, consent)
), ${door.counted}, wanted AS MATERIALIZED (
  SELECT r.*, lower(r.email) AS email_key FROM request r JOIN guarded g ON g.key = r.guard
), person AS (
  INSERT INTO subscriber AS s (email, email_key, domain, status, source, disposable, created_at, updated_at)
  SELECT email, email_key, domain, 'pending', source, disposable, $18, $18
  FROM wanted ORDER BY email_key
  ON CONFLICT (email_key) DO UPDATE SET updated_at = $18
  RETURNING id, email_key, status
), ready AS MATERIALIZED (
  SELECT w.*, p.id, p.status, p.status IN ('bounced', 'complained') OR EXISTS (
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
  SELECT token, 'confirm', id, wishes, $18, $19::timestamptz
  FROM ready, (SELECT count(*) FROM replaced) AS after_replacing
  ON CONFLICT (subscriber_id, kind) WHERE used_at IS NULL AND replaced_at IS NULL
    DO UPDATE SET hash = EXCLUDED.hash, payload = EXCLUDED.payload,
                  created_at = EXCLUDED.created_at, expires_at = EXCLUDED.expires_at
  RETURNING t.hash
), evidence AS (
  INSERT INTO consent (subscriber_id, action, at, ip, user_agent, source, text)
  SELECT id, 'signup', $18, ip, user_agent, source, consent FROM ready
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
SELECT refused, used FROM verdict ORDER BY i`
}

const typed = {
  parameters: [
    doorTerms,
    ints,
    texts,
    texts,
    booleans,
    jsons,
    textsOrNulls,
    bytesList,
    bytesOrNulls,
    bytesOrNulls,
    bytesOrNulls,
    timestamps,
    bytesList,
    jsons,
    textsOrNulls,
    textsOrNulls,
    textsOrNulls,
    timestamptz,
    timestamptz,
  ],
  columns: { refused: nullable(oneOf(refusals)), used: int },
} as const

// What no row of a batch has need not be counted.
const signUp = statement({ ...typed, text: signingUp() })
const signUpFromNetwork = statement({ ...typed, text: signingUp('network') })
const signUpFromSite = statement({ ...typed, text: signingUp('network', 'site') })
const signUpWithProof = statement({ ...typed, text: signingUp('proof') })
const signUpFromNetworkWithProof = statement({ ...typed, text: signingUp('network', 'proof') })
const signUpFromSiteWithProof = statement({ ...typed, text: signingUp('network', 'site', 'proof') })

/** Writes all rows in one statement; a row that is not admitted leaves only its mark in the counters. */
export async function storeSignups(
  db: Pick<Db, 'run'>,
  rows: SignupRow[],
  limits: SignupLimits,
  at: Date,
): Promise<Stored[]> {
  const column = <T>(pick: (row: SignupRow) => T) => rows.map(pick)
  return db.run(statementFor(rows), [
    termsOf(limits, at),
    rows.map((_, i) => i),
    column((row) => row.email),
    column((row) => row.domain),
    column((row) => row.disposable),
    column((row) => row.wishes),
    column((row) => row.source),
    column((row) => row.guard),
    column((row) => row.from?.network ?? null),
    column((row) => row.from?.site ?? null),
    column((row) => row.proof?.hash ?? null),
    column((row) => row.proof?.expires ?? null),
    column((row) => row.token),
    column((row) => row.payload),
    column((row) => row.evidence.ip),
    column((row) => row.evidence.userAgent),
    column((row) => row.evidence.text),
    at,
    tokenExpiry(at),
  ])
}

function statementFor(rows: SignupRow[]) {
  const proof = rows.some((row) => row.proof)
  if (rows.some((row) => row.from?.site)) return proof ? signUpFromSiteWithProof : signUpFromSite
  if (rows.some((row) => row.from)) return proof ? signUpFromNetworkWithProof : signUpFromNetwork
  return proof ? signUpWithProof : signUp
}
