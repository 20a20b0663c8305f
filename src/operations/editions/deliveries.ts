/** Deliveries of an edition, found by filters, page by page. */
import type { Queries } from '../../db/queries/queries.js'
import {
  bigint,
  bigints,
  int,
  nullable,
  oneOf,
  present,
  smallint,
  text,
  timestamptz,
} from '../../db/queries/sql-types.js'
import { type RowOf, statement } from '../../db/queries/statement.js'
import { deliveryStatuses } from '../../mail/delivery-status.js'
import { decodeCursor, encodeCursor, pageOf } from '../../format/cursor.js'

const inSpan = statement({
  text: `SELECT d.id, d.subscriber_id AS "subscriberId", d.domain, d.status, d.reason, d.attempts, d.relay, d.code,
       d.enhanced, d.reply, d.due_at AS "dueAt", d.settled_at AS "settledAt"
     FROM mail_owed d WHERE d.edition_id = $1 AND d.id > $2
       AND ($3::bigint IS NULL OR d.id <= $3) AND (d.batch_id IS NULL OR d.batch_id = ANY ($4))
       AND ($5::text IS NULL OR d.status = $5) AND ($6::text IS NULL OR d.domain = $6)
       AND ($7::int IS NULL OR d.code = $7)
     ORDER BY d.id LIMIT $8`,
  parameters: [int, bigint, nullable(bigint), bigints, nullable(text), nullable(text), nullable(int), bigint],
  columns: {
    id: present(bigint),
    subscriberId: nullable(int),
    domain: present(text),
    status: present(oneOf(deliveryStatuses)),
    reason: nullable(text),
    attempts: present(int),
    relay: nullable(text),
    code: nullable(smallint),
    enhanced: nullable(text),
    reply: nullable(text),
    dueAt: nullable(timestamptz),
    settledAt: nullable(timestamptz),
  },
})

export type DeliveryRow = RowOf<typeof inSpan>

export type DeliveryFilter = {
  status?: string
  domain?: string
  code?: number
  cursor?: string
  limit: number
}

/** So many batches are looked through at a time, and so often for one page: of a rare domain a page may be short. */
const batchesAtOnce = 5
const looks = 20

/** In the order in which they were owed. */
export async function listDeliveries(
  db: Pick<Queries, 'run'>,
  editionId: number,
  filter: DeliveryFilter,
): Promise<{ items: DeliveryRow[]; next: string | null }> {
  const found: DeliveryRow[] = []
  let after = (filter.cursor && decodeCursor(filter.cursor, 'bigint', 'bigint')[1]) || '0'
  for (let look = 0; look < looks; look += 1) {
    const span = await nextBatches(db, editionId, filter, after)
    found.push(...(await readSpan(db, editionId, filter, after, span, filter.limit + 1 - found.length)))
    if (found.length > filter.limit || !span) return pageOf(found, filter.limit, (row) => [row.id, row.id])
    after = span.end
  }
  return { items: found, next: encodeCursor([after, after]) }
}

/** The next batches that have places which the filter may ask for, and the id of the last of those places. */
type Span = { batches: string[]; end: string }

const batchesAfter = statement({
  text: `SELECT id, id + length(accepted) - 1 AS end FROM batch
     WHERE edition_id = $1 AND id > $2::bigint - 1024 AND id + length(accepted) - 1 > $2::bigint
       AND ($3::text IS NULL OR status = $3 OR ($3 = 'accepted' AND settles > 0))
     ORDER BY id LIMIT ${batchesAtOnce}`,
  parameters: [int, bigint, nullable(text)],
  columns: { id: bigint, end: bigint },
})

async function nextBatches(
  db: Pick<Queries, 'run'>,
  editionId: number,
  { status, code }: DeliveryFilter,
  after: string,
): Promise<Span | null> {
  if (code !== undefined && code >= 300) return null
  const rows = await db.run(batchesAfter, [editionId, after, status ?? null])
  const last = rows.at(-1)
  return last ? { batches: rows.map(({ id }) => id), end: last.end } : null
}

function readSpan(
  db: Pick<Queries, 'run'>,
  editionId: number,
  { status, domain, code }: DeliveryFilter,
  after: string,
  span: Span | null,
  limit: number,
): Promise<DeliveryRow[]> {
  return db.run(inSpan, [
    editionId,
    after,
    span?.end ?? null,
    span?.batches ?? [],
    status ?? null,
    domain?.toLowerCase() ?? null,
    code ?? null,
    limit,
  ])
}
