/** Which of the papers that match are ranked: all of few, of many those that promise most. */
import { Type } from 'typebox'
import type { Day } from '../../clock.js'
import type { Queries } from '../../db/client.js'
import { day, nullable, plan, text } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import type { SearchQuery } from './to-query.js'

/** What is looked for, as `parameters` hands it to statements. */
export type Sought = Omit<SearchQuery, 'corrected' | 'each' | 'not'> & {
  organisation?: string | undefined
  from?: Day | undefined
  to?: Day | undefined
  today: Day
}

/** `all` matches are fetched and ranked, or fetched and looked through, or met on the way back from the newest. */
export type Breadth = 'all' | 'fetched' | 'walked'

/** Ranking takes 10 to 25 µs a paper: its words lie outside the row. */
const mostRanked = 1000
/** Papers expected to match, up to which all are ranked. */
const mostAll = 700
/** Up to which all rows are looked at, without their words: 2 µs each. */
const mostFetched = 5000
/** Expected titles, up to which those that lack one of the words count too. */
const mostTitles = 600
const mostByTitle = 150
const mostNewest = 120
/** How many of the newest are looked at on the way back: 5 µs each, since their words lie outside the row. */
const mostWalked = 3000
/** Of a search with an order or with words to leave out: how many are checked for that, at 10 µs. */
const mostChecked = 500

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

export const filters = `($2::text IS NULL OR lower(p.organisation) = lower($2))
  AND (($3::date IS NULL AND $4::date IS NULL) OR EXISTS (SELECT FROM listing l WHERE l.paper_id = p.id
    AND l.day >= coalesce($3::date, '-infinity') AND l.day <= coalesce($4::date, 'infinity')))`

/**
 * A paper of today counts 1.5 times one of long ago, halfway after two months, and votes a little. In floating
 * point all the way: decimals would take twice as long, and thousands of papers are weighed for a page.
 */
export const worth = (paper: string) => `
  (1::float8 + 0.5::float8 * exp(-greatest(0::float8,
      date_part('epoch', $5::date::timestamptz - coalesce(${paper}.published_at, '2000-01-01')) / 86400 / 90)))
    * (1::float8 + 0.05::float8 * ln(1::float8 + ${paper}.votes))`

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

/**
 * The order of time. The planner would walk back from the newest far too early, not knowing that checking a
 * paper's words costs more than a comparison; an expression in the order keeps it from that.
 */
export const newestFirst = (breadth: Breadth, paper: string) =>
  breadth === 'walked' ? `${paper}.published_at DESC` : `${paper}.published_at + interval '0' DESC`

const byTitle = 'ts_rank(p.title_search, $7::text::tsquery, 1)'

const allOf = `
  SELECT p.id FROM paper p WHERE p.search @@ $6::text::tsquery AND p.search @@ $1::text::tsquery AND ${filters}
  ORDER BY p.published_at + interval '0' DESC, p.id COLLATE "C" LIMIT ${mostRanked}`

const bestOfFetched = `
  WITH fetched AS MATERIALIZED (
    SELECT p.id, p.published_at, ${byTitle} * ${worth('p')} AS promise FROM paper p
    WHERE p.search @@ $1::text::tsquery AND ${filters}
  )
  (SELECT id FROM fetched ORDER BY promise DESC, id COLLATE "C" LIMIT ${mostByTitle})
  UNION
  (SELECT id FROM fetched ORDER BY published_at DESC, id COLLATE "C" LIMIT ${mostNewest})`

/** Where the planner expects far more matches than there are, the way back would not end. */
const newestAlone = `(SELECT p.id, p.search, p.published_at FROM paper p WHERE ${filters}
  ORDER BY p.published_at DESC, p.id COLLATE "C" LIMIT ${mostWalked}) p`

/** `wide` lets titles in that lack one of the words, which the paper then has elsewhere. */
const bestAndNewest = ({ breadth, plain, wide }: { breadth: Breadth; plain: boolean; wide: boolean }) => `
  (SELECT p.id FROM paper p WHERE p.title_search @@ ${wide ? '$8' : '$1'}::text::tsquery
     ${wide || !plain ? 'AND p.search @@ $1::text::tsquery' : ''} AND ${filters}
     ORDER BY ${byTitle} * ${worth('p')} DESC, p.id COLLATE "C" LIMIT ${mostByTitle})
  UNION
  (SELECT id FROM (SELECT p.id, p.search, p.published_at FROM ${breadth === 'walked' ? newestAlone : 'paper p'}
     WHERE p.search @@ $6::text::tsquery ${breadth === 'walked' ? '' : `AND ${filters}`}
     ORDER BY ${newestFirst(breadth, 'p')}, p.id COLLATE "C" LIMIT ${plain ? mostNewest : mostChecked}) newest
   WHERE newest.search @@ $1::text::tsquery ORDER BY published_at DESC, id COLLATE "C" LIMIT ${mostNewest})`

/** The ways to a pool: by what the planner expects, by {@link isPlain}, and by how many titles are expected. */
export const poolNames = [
  'all',
  'best of fetched',
  'fetched, ordered, wide',
  'fetched, ordered, narrow',
  'walked, plain, wide',
  'walked, plain, narrow',
  'walked, ordered, wide',
  'walked, ordered, narrow',
] as const
export type PoolName = (typeof poolNames)[number]

/** SQL for the ids that are ranked. */
export function poolSql(name: PoolName): string {
  if (name === 'all') return allOf
  if (name === 'best of fetched') return bestOfFetched
  const [breadth, order, width] = name.split(', ')
  return bestAndNewest({
    breadth: breadth === 'walked' ? 'walked' : 'fetched',
    plain: order === 'plain',
    wide: width === 'wide',
  })
}
