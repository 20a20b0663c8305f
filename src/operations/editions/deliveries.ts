/** Deliveries of an edition, found by filters, page by page. */
import type { Db } from '../../db/client.js'
import { decodeCursor, encodeCursor, pageOf } from '../../format/cursor.js'
import { Conditions } from '../list-query.js'

export type DeliveryRow = {
  id: string
  subscriberId: number | null
  domain: string
  status: string
  reason: string | null
  attempts: number
  relay: string | null
  code: number | null
  enhanced: string | null
  reply: string | null
  dueAt: Date | null
  settledAt: Date | null
}

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
  db: Pick<Db, 'sql'>,
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

async function nextBatches(
  db: Pick<Db, 'sql'>,
  editionId: number,
  { status, code }: DeliveryFilter,
  after: string,
): Promise<Span | null> {
  if (code !== undefined && code >= 300) return null
  const rows = await db.sql<{ id: string; end: string }>(
    `SELECT id, id + length(accepted) - 1 AS end FROM batch
     WHERE edition_id = $1 AND id > $2::bigint - 1024 AND id + length(accepted) - 1 > $2::bigint
       AND ($3::text IS NULL OR status = $3 OR ($3 = 'accepted' AND settles > 0))
     ORDER BY id LIMIT ${batchesAtOnce}`,
    [editionId, after, status ?? null],
  )
  const last = rows.at(-1)
  return last ? { batches: rows.map(({ id }) => id), end: last.end } : null
}

function readSpan(
  db: Pick<Db, 'sql'>,
  editionId: number,
  { status, domain, code }: DeliveryFilter,
  after: string,
  span: Span | null,
  limit: number,
): Promise<DeliveryRow[]> {
  const conditions = new Conditions()
    .add('d.edition_id = ?', editionId)
    .add('d.status = ?', status)
    .add('d.domain = ?', domain?.toLowerCase())
    .add('d.code = ?', code)
    .add('d.id > ?::bigint', after)
    .add('d.id <= ?::bigint', span?.end)
    .add('(d.batch_id IS NULL OR d.batch_id = ANY (?::bigint[]))', span?.batches ?? [])
  return db.sql<DeliveryRow>(
    `SELECT d.id, d.subscriber_id AS "subscriberId", d.domain, d.status, d.reason, d.attempts, d.relay, d.code,
       d.enhanced, d.reply, d.due_at AS "dueAt", d.settled_at AS "settledAt"
     FROM mail_owed d ${conditions.where()} ORDER BY d.id LIMIT ${conditions.value(limit)}`,
    conditions.values,
  )
}
