/** Writes what became of tries: the row, the attempt and what follows for the address, or nothing. */
import { type Db, inTransaction, type Query } from '../../db/client.js'
import type { Outcome } from '../../mail/mailer/outcome.js'
import type { Settlement } from './settlement.js'
import { finalStatuses } from '../../mail/delivery-status.js'
import { quoted } from '../../db/quoted.js'

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
  const rows = await query<{ id: string }>(statement, [JSON.stringify(settlements.map(resultOf))])
  return new Set(rows.map((row) => row.id))
}

/** One row of the statement's `result`. */
const resultOf = ({ delivery, reply, ...settlement }: Settlement) => ({
  id: delivery.id,
  claim: delivery.claim,
  status: settlement.status,
  due_at: settlement.dueAt,
  at: settlement.at,
  outcome: settlement.outcome,
  relay: settlement.relay,
  code: settlement.code,
  enhanced: settlement.enhanced,
  reply: reply && printable(reply),
  reason: settlement.reason,
  duration_ms: settlement.durationMs,
})

// Postgres takes no NUL in text, and a relay may say anything.
const printable = (reply: string) => reply.replaceAll('\0', '').slice(0, 1000)

const final = quoted(finalStatuses)

// The claim is the fence: a worker whose lease was taken over matches no row.
const statement = `WITH result AS (
  SELECT * FROM json_to_recordset($1) AS r(id bigint, claim uuid, status text, due_at timestamptz, at timestamptz,
    outcome text, relay text, code smallint, enhanced text, reply text, reason text, duration_ms int)
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
