/** What is sought, and how many papers may match: all of few are ranked, of many those that promise most. */
import { Type } from 'typebox'
import type { Day } from '../../clock.js'
import type { Queries } from '../../db/client.js'
import { day, nullable, plan, text } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { type Breadth, filters, type PoolName } from './pool-sql.js'
import type { SearchQuery } from './to-query.js'

/** What is looked for, as `parameters` hands it to statements. */
export type Sought = Omit<SearchQuery, 'corrected' | 'each' | 'not'> & {
  organisation?: string | undefined
  from?: Day | undefined
  to?: Day | undefined
  today: Day
}

/** Papers expected to match, up to which all are ranked. */
const mostAll = 700
/** Up to which all rows are looked at, without their words: 2 µs each. */
const mostFetched = 5000
/** Expected titles, up to which those that lack one of the words count too. */
const mostTitles = 600

/** Names the types of {@link parameters}, since not every statement uses them all. */
export const given = `given AS (SELECT $1::text::tsquery, $2::text, $3::date, $4::date, $5::date, $6::text::tsquery, $7::text::tsquery, $8::text::tsquery)`

/** $1 to $8 of every statement on what is sought. */
export const parameterTypes = [
  text,
  nullable(text),
  nullable(day),
  nullable(day),
  day,
  text,
  text,
  text,
] as const

export function parameters(sought: Sought) {
  const { tsquery, loose, anyOf, titles, organisation, from, to, today } = sought
  return [tsquery, organisation ?? null, from ?? null, to ?? null, today, loose, anyOf, titles] as const
}

const estimated = statement({
  text: `EXPLAIN (FORMAT JSON) WITH ${given}
    SELECT FROM paper p WHERE p.search @@ $6::text::tsquery AND ${filters}
    UNION ALL SELECT FROM paper p WHERE p.title_search @@ $8::text::tsquery`,
  parameters: parameterTypes,
  columns: {
    'QUERY PLAN': plan(
      Type.Tuple([
        Type.Object({
          Plan: Type.Object({
            Plans: Type.Optional(Type.Array(Type.Object({ 'Plan Rows': Type.Number() }))),
          }),
        }),
      ]),
    ),
  },
})

/** Asks the planner how many papers there may be; it takes a millisecond and is right enough. */
export async function breadthOf(
  db: Pick<Queries, 'run'>,
  sought: Sought,
): Promise<{ breadth: Breadth; pool: PoolName }> {
  const [row] = await db.run(estimated, parameters(sought))
  const [matching = 0, titles = 0] = row?.['QUERY PLAN'][0].Plan.Plans?.map((part) => part['Plan Rows']) ?? []
  const plain = isPlain(sought)
  if (matching <= mostAll) return { breadth: 'all', pool: 'all' }
  if (matching <= mostFetched && plain) return { breadth: 'fetched', pool: 'best of fetched' }
  const width = titles <= mostTitles ? 'wide' : 'narrow'
  if (matching <= mostFetched) return { breadth: 'fetched', pool: `fetched, ordered, ${width}` }
  return { breadth: 'walked', pool: `walked, ${plain ? 'plain' : 'ordered'}, ${width}` }
}

/** Neither with an order of words nor with some to leave out: what has all words matches. */
export const isPlain = ({ tsquery, loose }: Sought) => tsquery === loose
