/** Gives places of a batch that fare otherwise than well a row of their own in `delivery`, under the same id. */
import type { Queries } from '../../db/queries/queries.js'
import { bigint, boolean, int, json } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { Type } from 'typebox'
import type { DeliveryStatus } from '../../mail/delivery-status.js'

/** What the row of a place says; what is absent is null, or as its batch has it. */
export type Apart = {
  position: number
  status: Exclude<DeliveryStatus, 'claimed' | 'accepted'>
  /** The batch's when absent; null for what waits for a human, or has come to an end. */
  dueAt?: Date | null
  expiresAt?: Date
  settledAt?: Date | null
  reason?: string | null
  /** The try that it comes from. */
  tried?: {
    at: Date
    outcome: string
    relay: string | null
    code: number | null
    enhanced: string | null
    reply: string | null
    durationMs: number | null
  }
}

/**
 * Inserts the rows; the caller has the batch locked and sets its bits.
 * @returns the positions whose readers have not been erased.
 */
export async function insertApart(tx: Queries, batchId: string, apart: Apart[]): Promise<Set<number>> {
  if (apart.length === 0) return new Set()
  const rows = await tx.run(insertRows, [batchId, apart.map(rowOf)])
  return new Set(rows.filter(({ reader }) => reader).map(({ position }) => position))
}

const rowOf = ({ position, status, dueAt, expiresAt, settledAt, reason, tried }: Apart) => ({
  position,
  status,
  keeps_due: dueAt === undefined,
  due_at: dueAt,
  expires_at: expiresAt,
  settled_at: settledAt,
  reason,
  at: tried?.at,
  outcome: tried?.outcome,
  relay: tried?.relay,
  code: tried?.code,
  enhanced: tried?.enhanced,
  reply: tried?.reply,
  duration_ms: tried?.durationMs,
})

const insertRows = statement({
  text: `WITH result AS (
  SELECT * FROM jsonb_to_recordset($2) AS r(position int, status text, keeps_due boolean, due_at timestamptz,
    expires_at timestamptz, settled_at timestamptz, reason text, at timestamptz, outcome text, relay text, code smallint,
    enhanced text, reply text, duration_ms int)
), row AS (
  INSERT INTO delivery (id, kind, edition_id, subscriber_id, lane, status, domain, due_at, expires_at, created_at,
    settled_at, reason, attempts, relay, code, enhanced, reply)
  SELECT b.id + r.position, 'edition', b.edition_id, s.id, 1, r.status, coalesce(s.domain, ''),
    CASE WHEN r.keeps_due THEN b.due_at ELSE r.due_at END, coalesce(r.expires_at, b.expires_at), b.created_at,
    r.settled_at, r.reason, (r.outcome IS NOT NULL)::int, r.relay, r.code, r.enhanced, r.reply
  FROM batch b CROSS JOIN result r LEFT JOIN subscriber s ON s.id = b.readers[r.position + 1]
  WHERE b.id = $1 RETURNING id, subscriber_id IS NOT NULL AS reader
), tried AS (
  INSERT INTO attempt (delivery_id, at, relay, outcome, code, enhanced, reply, duration_ms)
SELECT $1 + r.position, r.at, r.relay, r.outcome, r.code, r.enhanced, r.reply, r.duration_ms
FROM result r JOIN row ON row.id = $1 + r.position WHERE r.outcome IS NOT NULL
)
SELECT (id - $1)::int AS position, reader FROM row`,
  parameters: [bigint, json(Type.Unknown())],
  columns: { position: int, reader: boolean },
})
