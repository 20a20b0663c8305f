/** The editions before and after one, for who leafs through them. */
import type { Day } from '../clock.js'
import type { Queries } from '../db/client.js'
import { quoted } from '../db/queries/quoted.js'
import { day, nullable, oneOf, text } from '../db/queries/sql-types.js'
import { statement } from '../db/queries/statement.js'
import { type EditionKind, publicStatuses, shownStatus } from './edition.js'

export type NeighbourEditions = { previous: NeighbourEdition | null; next: NeighbourEdition | null }
type NeighbourEdition = { period: string; day: Day }

const one = (side: '<' | '>') => `(SELECT e.period, e.day FROM edition e
  WHERE e.kind = $1 AND e.day ${side} $2::date AND ${shownStatus} IN (${quoted(publicStatuses)})
  ORDER BY e.day ${side === '<' ? 'DESC' : ''} LIMIT 1)`

const neighbours = statement({
  text: `SELECT b.period AS "before", b.day AS "dayBefore", a.period AS "after", a.day AS "dayAfter"
    FROM (SELECT 1) here LEFT JOIN ${one('<')} b ON true LEFT JOIN ${one('>')} a ON true`,
  parameters: [oneOf(['daily', 'weekly'] as const), day],
  columns: {
    before: nullable(text),
    dayBefore: nullable(day),
    after: nullable(text),
    dayAfter: nullable(day),
  },
})

/** Of the same kind, and only such as readers may see. */
export async function neighbourEditions(
  db: Queries,
  { kind, day: from }: { kind: EditionKind; day: Day },
): Promise<NeighbourEditions> {
  const [row] = await db.run(neighbours, [kind, from])
  return { previous: neighbour(row?.before, row?.dayBefore), next: neighbour(row?.after, row?.dayAfter) }
}

const neighbour = (period: string | null | undefined, at: Day | null | undefined) =>
  period && at ? { period, day: at } : null
