/** Subscribers as the operator sees them: found by filters, page by page. */
import type { Db } from '../../db/client.js'
import { encodeCursor } from '../../format/cursor.js'
import { Conditions, pageOrder } from '../list-query.js'

export type SubscriberRow = {
  id: number
  email: string
  domain: string
  status: string
  frequency: string
  timezone: string | null
  hour: number | null
  pausedUntil: string | null
  source: string | null
  confirmedAt: Date | null
  unsubscribedAt: Date | null
  createdAt: Date
  updatedAt: Date
  /** Why the address must not be mailed, if so. */
  suppressed: string | null
}

export const subscriberColumns = `s.id, s.email, s.domain, s.status, s.frequency, s.timezone, s.hour,
  s.paused_until::text AS "pausedUntil", s.source, s.confirmed_at AS "confirmedAt",
  s.unsubscribed_at AS "unsubscribedAt", s.created_at AS "createdAt", s.updated_at AS "updatedAt",
  (SELECT x.reason FROM suppression x WHERE x.email_key = s.email_key) AS suppressed`

export type SubscriberFilter = {
  /** Part of an address; `@example.org` finds a domain. */
  q?: string
  status?: string
  frequency?: string
  source?: string
  createdSince?: string
  createdBefore?: string
  sort: string
  cursor?: string
  limit: number
}

const sorts = {
  createdAt: { column: 's.created_at', type: 'timestamptz' },
  email: { column: 's.email_key', type: 'text' },
} as const

/** One page, and the cursor of the next. */
export async function listSubscribers(
  db: Pick<Db, 'sql'>,
  filter: SubscriberFilter,
): Promise<{ items: SubscriberRow[]; next: string | null }> {
  const conditions = subscriberConditions(filter)
  const order = pageOrder(conditions, sorts, { column: 's.id', type: 'int' }, filter)
  const rows = await db.sql<SubscriberRow>(
    `SELECT ${subscriberColumns} FROM subscriber s ${conditions.where()} ${order}
     LIMIT ${conditions.value(filter.limit + 1)}`,
    conditions.values,
  )
  const items = rows.slice(0, filter.limit)
  const last = items.at(-1)
  const more = rows.length > filter.limit && last
  return { items, next: more ? encodeCursor([sortValue(filter.sort, last), last.id]) : null }
}

/** How many there are in each status, the most first. */
export function countSubscribers(db: Pick<Db, 'sql'>): Promise<{ status: string; count: number }[]> {
  return db.sql('SELECT status, count(*)::int AS count FROM subscriber GROUP BY status ORDER BY 2 DESC, 1')
}

/** What the filters ask for, of `subscriber s`. */
function subscriberConditions(filter: Partial<SubscriberFilter>): Conditions {
  const q = filter.q?.trim().toLowerCase()
  return new Conditions()
    .add('s.domain = ?', q?.startsWith('@') ? q.slice(1) : undefined)
    .add('position(? IN s.email_key) > 0', q && !q.startsWith('@') ? q : undefined)
    .add('s.status = ?', filter.status)
    .add('s.frequency = ?', filter.frequency)
    .add('s.source = ?', filter.source)
    .add('s.created_at >= ?::timestamptz', filter.createdSince)
    .add('s.created_at < ?::timestamptz', filter.createdBefore)
}

const sortValue = (sort: string, row: SubscriberRow): string =>
  sort.endsWith('email') ? row.email.toLowerCase() : row.createdAt.toISOString()
