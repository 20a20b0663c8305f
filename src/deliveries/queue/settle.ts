/** Writes what became of tries: the row, the attempt and what follows for the address, or nothing. */
import { type Db, inTransaction, type Query } from '../../db/client.js'
import type { Outcome } from '../../mail/mailer/outcome.js'
import { maskAddresses } from '../../format/mask-addresses.js'
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
  if (refused.length === 0) return new Set((await write(db.sql, settlements)).keys())
  return inTransaction(db, async (query) => {
    const settled = await write(query, settlements)
    // An address that was erased while its mail was on the wire is not written down again.
    const ours = refused.filter(({ delivery }) => {
      const row = settled.get(delivery.id)
      return delivery.epoch === null ? row?.elsewhere : row?.reader
    })
    if (ours.length > 0) await afterRefusal(query, ours)
    return new Set(settled.keys())
  })
}

/** Whether the row still has a reader, and an address other than theirs. */
type Settled = { id: string; reader: boolean; elsewhere: boolean }

async function write(query: Query, settlements: Settlement[]): Promise<Map<string, Settled>> {
  const rows = await query<Settled>(statement, [JSON.stringify(settlements.map(resultOf))])
  return new Map(rows.map((row) => [row.id, row]))
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

// Postgres takes no NUL in text, and a relay may say anything. Replies quote addresses, which may be erased by now.
const printable = (reply: string) => maskAddresses(reply.replaceAll('\0', '').slice(0, 1000))

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
  RETURNING d.id, d.subscriber_id IS NOT NULL AS reader, d.to_address IS NOT NULL AS elsewhere
), tried AS (
  INSERT INTO attempt (delivery_id, at, relay, outcome, code, enhanced, reply, duration_ms)
  SELECT r.id, r.at, r.relay, r.outcome, r.code, r.enhanced, r.reply, r.duration_ms
  FROM result r JOIN settled s ON s.id = r.id WHERE r.outcome IS NOT NULL
)
SELECT id, reader, elsewhere FROM settled`
