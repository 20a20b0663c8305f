/** Subscribers as the operator sees them: found by filters, page by page. */
import { utcDay } from '../../clock.js'
import type { Queries } from '../../db/client.js'
import { decodeCursor, pageOf } from '../../format/cursor.js'
import { count, present, text } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { asItIs } from '../../format/like.js'

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

export type StoredSubscriber = Omit<SubscriberRow, 'pausedUntil' | 'suppressed'> & {
  emailKey: string
  pausedUntil: Date | null
}

/** Rows as the operator sees them, with why each address must not be mailed. */
export async function withSuppressions(db: Queries, rows: StoredSubscriber[]): Promise<SubscriberRow[]> {
  const listed = await db.models.suppression.findMany({
    select: { emailKey: true, reason: true },
    where: { emailKey: { in: rows.map(({ emailKey }) => emailKey) } },
  })
  const reasons = new Map(listed.map(({ emailKey, reason }) => [emailKey, reason]))
  return rows.map((row) => ({
    id: row.id,
    email: row.email,
    domain: row.domain,
    status: row.status,
    frequency: row.frequency,
    timezone: row.timezone,
    hour: row.hour,
    pausedUntil: row.pausedUntil && utcDay(row.pausedUntil),
    source: row.source,
    confirmedAt: row.confirmedAt,
    unsubscribedAt: row.unsubscribedAt,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    suppressed: reasons.get(row.emailKey) ?? null,
  }))
}

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

/** One page, and the cursor of the next. */
export async function listSubscribers(
  db: Queries,
  filter: SubscriberFilter,
): Promise<{ items: SubscriberRow[]; next: string | null }> {
  const { by, direction } = orderOf(filter.sort)
  const rows = await db.models.subscriber.findMany({
    where: { AND: [conditionsOf(filter), filter.cursor === undefined ? {} : beyond(filter, filter.cursor)] },
    orderBy: [{ [by]: direction }, { id: direction }],
    take: filter.limit + 1,
  })
  return pageOf(await withSuppressions(db, rows), filter.limit, (row) => [
    by === 'emailKey' ? row.email.toLowerCase() : row.createdAt.toISOString(),
    row.id,
  ])
}

/** How many there are in each status, the most first. */
export function countSubscribers(db: Queries): Promise<{ status: string; count: number }[]> {
  return db.run(statusSums, [])
}

const statusSums = statement({
  text: `SELECT status, sum(n) AS count FROM subscriber_sum WHERE kind = 'held'
    GROUP BY 1 HAVING sum(n) > 0 ORDER BY 2 DESC, 1`,
  parameters: [],
  columns: { status: present(text), count },
})

function conditionsOf(filter: SubscriberFilter) {
  const q = filter.q?.trim().toLowerCase()
  const { status, frequency, source, createdSince, createdBefore } = filter
  return {
    ...(q && (q.startsWith('@') ? { domain: q.slice(1) } : { emailKey: { contains: asItIs(q) } })),
    ...(status !== undefined && { status }),
    ...(frequency !== undefined && { frequency }),
    ...(source !== undefined && { source }),
    createdAt: {
      ...(createdSince !== undefined && { gte: new Date(createdSince) }),
      ...(createdBefore !== undefined && { lt: new Date(createdBefore) }),
    },
  }
}

function orderOf(sort: string): { by: 'createdAt' | 'emailKey'; direction: 'asc' | 'desc' } {
  return {
    by: sort.endsWith('email') ? 'emailKey' : 'createdAt',
    direction: sort.startsWith('-') ? 'desc' : 'asc',
  }
}

/** What comes after the last row of a page: its value to sort by, where that is the same its id. */
function beyond({ sort }: SubscriberFilter, cursor: string) {
  const { by, direction } = orderOf(sort)
  const [value = '', id] = decodeCursor(cursor, by === 'emailKey' ? 'text' : 'timestamptz', 'int')
  const further = direction === 'desc' ? 'lt' : 'gt'
  return { OR: [{ [by]: { [further]: value } }, { [by]: value, id: { [further]: Number(id) } }] }
}
