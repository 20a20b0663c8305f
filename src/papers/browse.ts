/** Lists of kept papers by days and organisation, a page at a time. */
import type { Day } from '../clock.js'
import type { Queries } from '../db/client.js'
import { bigint, day as dayType, int, nullable, text } from '../db/queries/sql-types.js'
import { statement } from '../db/queries/statement.js'
import { type KeptPaper, keptColumns, keptColumnTypes, paperOf } from './reads.js'

type BrowseOrder = 'votes' | 'newest'

/** Where the last page ended: the paper's newest listing among those asked for, its votes, its id. */
export type BrowseMark = { day: Day; votes: number; id: string }

export type BrowseFilter = {
  /** First and last day of listing, both included. */
  from?: Day | undefined
  to?: Day | undefined
  /** The whole name, without regard to case. */
  organisation?: string | undefined
  order: BrowseOrder
  after?: BrowseMark | undefined
  limit: number
}

export type BrowsedPaper = KeptPaper & { mark: BrowseMark }

/** `newest` goes by day of listing and within it by votes; ties by id, so that pages never overlap. */
const orders: Record<BrowseOrder, { by: string; after: string }> = {
  votes: {
    by: 'p.votes DESC, l.day DESC, p.id COLLATE "C"',
    after: `(p.votes < $5 OR (p.votes = $5 AND (l.day < $4::date OR
      (l.day = $4::date AND p.id COLLATE "C" > $6))))`,
  },
  newest: {
    by: 'l.day DESC, p.votes DESC, p.id COLLATE "C"',
    after: `(l.day < $4::date OR (l.day = $4::date AND (p.votes < $5 OR
      (p.votes = $5 AND p.id COLLATE "C" > $6))))`,
  },
}

const parameters = [
  nullable(dayType),
  nullable(dayType),
  nullable(text),
  nullable(dayType),
  nullable(int),
  nullable(text),
  bigint,
] as const
const columns = { ...keptColumnTypes, markDay: text }
const textOf = (order: { by: string; after: string }) =>
  `SELECT ${keptColumns}, l.day::text AS "markDay"
     FROM listing l JOIN paper p ON p.id = l.paper_id
     WHERE ($1::date IS NULL OR l.day >= $1::date) AND ($2::date IS NULL OR l.day <= $2::date)
       AND ($3::text IS NULL OR lower(p.organisation) = lower($3))
       AND NOT EXISTS (SELECT FROM listing n WHERE n.paper_id = l.paper_id AND n.day > l.day
         AND ($2::date IS NULL OR n.day <= $2::date))
       AND ($4::date IS NULL OR ${order.after})
     ORDER BY ${order.by} LIMIT $7`

const browsed = {
  votes: statement({ text: textOf(orders.votes), parameters, columns }),
  newest: statement({ text: textOf(orders.newest), parameters, columns }),
}

/** A paper that stood on several of the days asked for comes once, at the newest of them. */
export async function browsePapers(db: Queries, filter: BrowseFilter): Promise<BrowsedPaper[]> {
  const rows = await db.run(browsed[filter.order], [
    filter.from ?? null,
    filter.to ?? null,
    filter.organisation ?? null,
    filter.after?.day ?? null,
    filter.after?.votes ?? null,
    filter.after?.id ?? null,
    filter.limit,
  ])
  return rows.map(({ markDay, ...row }) => ({
    ...paperOf(row),
    mark: { day: markDay, votes: row.votes, id: row.id },
  }))
}
