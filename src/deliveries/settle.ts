/** Writes what became of tries: the row, the attempt and what follows for the address, or nothing. */
import { type Db, inTransaction, type Query } from '../db/client.js'
import type { Outcome } from '../mail/outcome.js'
import { finalStatuses } from './delivery.js'
import type { Settlement } from './settlement.js'

/** What follows from a refusal for the address, in the transaction that settles it. */
export type AfterRefusal = (query: Query, settlements: Settlement[]) => Promise<void>

const hasConsequences = new Set<Outcome>(['hard', 'mailbox-disabled', 'policy'])

/**
 * Settles the rows that are still claimed by who tried them, in one statement.
 * @returns their ids; the others were taken over meanwhile, and what we know of them is void.
 */
export async function settle(
  db: Db,
  settlements: Settlement[],
  afterRefusal: AfterRefusal,
): Promise<Set<string>> {
  const refused = settlements.filter(({ refusal }) => refusal !== null && hasConsequences.has(refusal))
  if (refused.length === 0) return write(db.sql, settlements)
  return inTransaction(db, async (query) => {
    const settled = await write(query, settlements)
    const ours = refused.filter(({ delivery }) => settled.has(delivery.id))
    if (ours.length > 0) await afterRefusal(query, ours)
    return settled
  })
}

async function write(query: Query, settlements: Settlement[]): Promise<Set<string>> {
  const column = <T>(value: (settlement: Settlement) => T) => settlements.map(value)
  const rows = await query<{ id: string }>(statement, [
    column(({ delivery }) => delivery.id),
    column(({ delivery }) => delivery.claim),
    column(({ status }) => status),
    column(({ dueAt }) => dueAt),
    column(({ at }) => at),
    column(({ outcome }) => outcome),
    column(({ relay }) => relay),
    column(({ code }) => code),
    column(({ enhanced }) => enhanced),
    column(({ reply }) => reply && printable(reply)),
    column(({ reason }) => reason),
    column(({ durationMs }) => durationMs),
  ])
  return new Set(rows.map((row) => row.id))
}

// Postgres takes no NUL in text, and a relay may say anything.
const printable = (reply: string) => reply.replaceAll('\0', '').slice(0, 1000)

const final = finalStatuses.map((status) => `'${status}'`).join(', ')

// The claim is the fence: a worker whose lease was taken over matches no row.
const statement = `WITH result AS (
  SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[],
    $7::text[], $8::smallint[], $9::text[], $10::text[], $11::text[], $12::int[])
  AS r(id, claim, status, due_at, at, outcome, relay, code, enhanced, reply, reason, duration_ms)
), settled AS (
  UPDATE delivery d SET status = r.status, claim = NULL, lease_until = NULL, due_at = r.due_at,
    attempts = d.attempts + (r.outcome IS NOT NULL)::int, reason = r.reason,
    relay = coalesce(r.relay, d.relay), code = coalesce(r.code, d.code),
    enhanced = CASE WHEN r.code IS NULL THEN d.enhanced ELSE r.enhanced END, reply = coalesce(r.reply, d.reply),
    settled_at = CASE WHEN r.status IN (${final}) THEN r.at END
  FROM result r WHERE d.id = r.id AND d.claim = r.claim
  RETURNING d.id
), tried AS (
  INSERT INTO attempt (delivery_id, at, relay, outcome, code, enhanced, reply, duration_ms)
  SELECT r.id, r.at, r.relay, r.outcome, r.code, r.enhanced, r.reply, r.duration_ms
  FROM result r JOIN settled s ON s.id = r.id WHERE r.outcome IS NOT NULL
)
SELECT id FROM settled`
