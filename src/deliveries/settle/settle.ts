/** Writes what became of tries: row or place, the attempt and what follows for the address, or nothing. */
import { jsonText } from '../../format/text/storable.js'
import { type Db, type Queries } from '../../db/client.js'
import { quoted } from '../../db/queries/quoted.js'
import { bigint, boolean, text } from '../../db/queries/sql-types.js'
import { type RowOf, statement } from '../../db/queries/statement.js'
import { finalStatuses } from '../../mail/delivery-status.js'
import { letGo } from '../ledger/lease.js'
import { settlePlaces } from './settle-places.js'
import { type AfterRefusal, hasConsequences, printable, type Settlement } from './settlement.js'

/** Settlements that are written together, in one transaction: those of rows, and those of each batch. */
export function partsOf(settlements: Settlement[]): Settlement[][] {
  const parts = new Map<string, Settlement[]>()
  for (const settlement of settlements) {
    const key = settlement.delivery.place?.batch.claim ?? ''
    const part = parts.get(key)
    if (part) part.push(settlement)
    else parts.set(key, [settlement])
  }
  return [...parts.values()]
}

/**
 * Settles one part, as far as who tried it still holds it.
 * @returns the ids of what is settled; the others were taken over meanwhile, and what we know of them is void.
 */
export async function settlePart(
  db: Db,
  part: Settlement[],
  afterRefusal: AfterRefusal,
): Promise<Set<string>> {
  const [first] = part
  if (!first) return new Set()
  const { place } = first.delivery
  if (!place) return settleRows(db, part, afterRefusal)
  const deliveries = part.map(({ delivery }) => delivery)
  if (!(await settlePlaces(db, place.batch, part, afterRefusal))) return new Set()
  await letGo(db, deliveries, first.at).catch(() => {})
  return new Set(deliveries.map(({ id }) => id))
}

/** Settles all of them. @returns as {@link settlePart}. */
export async function settle(
  db: Db,
  settlements: Settlement[],
  afterRefusal: AfterRefusal,
): Promise<Set<string>> {
  const settled = new Set<string>()
  for (const part of partsOf(settlements)) {
    for (const id of await settlePart(db, part, afterRefusal)) settled.add(id)
  }
  return settled
}

async function settleRows(
  db: Db,
  settlements: Settlement[],
  afterRefusal: AfterRefusal,
): Promise<Set<string>> {
  const refused = settlements.filter(hasConsequences)
  if (refused.length === 0) return new Set((await write(db, settlements)).keys())
  return db.transaction(null, async (tx) => {
    const settled = await write(tx, settlements)
    // An address that was erased while its mail was on the wire is not written down again.
    const ours = refused.filter(({ delivery }) => {
      const row = settled.get(delivery.id)
      return delivery.epoch === null ? row?.elsewhere : row?.reader
    })
    if (ours.length > 0) await afterRefusal(tx, ours)
    return new Set(settled.keys())
  })
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
  reply: printable(reply),
  reason: settlement.reason,
  duration_ms: settlement.durationMs,
})

const final = quoted(finalStatuses)

// The claim is the fence: a worker whose lease was taken over matches no row.
const settleAll = statement({
  text: `WITH result AS (
  SELECT * FROM json_to_recordset($1::text::json) AS r(id bigint, claim uuid, status text, due_at timestamptz, at timestamptz,
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
SELECT id, reader, elsewhere FROM settled`,
  parameters: [text],
  // Whether the row still has a reader, and an address other than theirs.
  columns: { id: bigint, reader: boolean, elsewhere: boolean },
})

type Settled = RowOf<typeof settleAll>

async function write(db: Pick<Queries, 'run'>, settlements: Settlement[]): Promise<Map<string, Settled>> {
  const rows = await db.run(settleAll, [jsonText(settlements.map(resultOf))])
  return new Map(rows.map((row) => [row.id, row]))
}
