/** Deliveries of an edition, found by filters, page by page. */
import type { Db } from '../../db/client.js'
import { pageOf } from '../../format/cursor.js'
import { Conditions, pageOrder } from '../list-query.js'

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

/** In the order in which they were written. */
export async function listDeliveries(
  db: Pick<Db, 'sql'>,
  editionId: number,
  filter: DeliveryFilter,
): Promise<{ items: DeliveryRow[]; next: string | null }> {
  const conditions = new Conditions()
    .add('d.edition_id = ?', editionId)
    .add('d.status = ?', filter.status)
    .add('d.domain = ?', filter.domain?.toLowerCase())
    .add('d.code = ?', filter.code)
  const id = { column: 'd.id', type: 'bigint' } as const
  const order = pageOrder(conditions, {}, id, { sort: 'id', cursor: filter.cursor })
  const rows = await db.sql<DeliveryRow>(
    `SELECT d.id, d.subscriber_id AS "subscriberId", d.domain, d.status, d.reason, d.attempts, d.relay, d.code,
       d.enhanced, d.reply, d.due_at AS "dueAt", d.settled_at AS "settledAt"
     FROM delivery d ${conditions.where()} ${order} LIMIT ${conditions.value(filter.limit + 1)}`,
    conditions.values,
  )
  return pageOf(rows, filter.limit, (row) => [row.id, row.id])
}
