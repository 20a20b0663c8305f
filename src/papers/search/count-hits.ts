/** How many papers match a search, as far as anybody wants to know. */
import type { Queries } from '../../db/queries/queries.js'
import { count, day, nullable, text } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import type { Sought } from './pool.js'
import { type Breadth, filters } from './pool-sql.js'

/** Nobody counts further; a paper takes 10 µs. */
const mostCounted = 1000

const matching = statement({
  text: `SELECT count(*) AS papers FROM (
      SELECT FROM paper p WHERE p.search @@ $1::text::tsquery AND ${filters} LIMIT ${mostCounted + 1}
    ) few`,
  parameters: [text, nullable(text), nullable(day), nullable(day)],
  columns: { papers: count },
})

export type HitCount = { papers: number; more: boolean }

/** @param breadth - where it is `walked`, thousands are expected, and none is counted. */
export async function countHits(
  db: Pick<Queries, 'run'>,
  tsquery: string,
  { organisation, from, to }: Pick<Sought, 'organisation' | 'from' | 'to'>,
  breadth: Breadth,
): Promise<HitCount> {
  if (breadth === 'walked') return { papers: mostCounted, more: true }
  const [found] = await db.run(matching, [tsquery, organisation ?? null, from ?? null, to ?? null])
  const papers = found?.papers ?? 0
  return papers > mostCounted ? { papers: mostCounted, more: true } : { papers, more: false }
}
