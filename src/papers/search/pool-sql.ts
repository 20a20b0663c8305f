/** The SQL of pools: the ids of the papers that are ranked. */

/** `all` matches are fetched and ranked, or fetched and looked through, or met on the way back from the newest. */
export type Breadth = 'all' | 'fetched' | 'walked'

/** Ranking takes 10 to 25 µs a paper: its words lie outside the row. */
const mostRanked = 1000
const mostByTitle = 150
const mostNewest = 120
/** How many of the newest are looked at on the way back: 5 µs each, since their words lie outside the row. */
const mostWalked = 3000
/** Of a search with an order or with words to leave out: how many are checked for that, at 10 µs. */
const mostChecked = 500

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
