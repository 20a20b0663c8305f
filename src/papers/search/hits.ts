/** A page of what matches: first the ranked papers by score, then all others by date. */
import type { Queries } from '../../db/client.js'
import { bigint, boolean, float, nullable, text, timestamptz } from '../../db/queries/sql-types.js'
import { variants } from '../../db/queries/statement.js'
import {
  type Breadth,
  filters,
  given,
  isPlain,
  newestFirst,
  parameters,
  parameterTypes,
  type PoolName,
  poolNames,
  poolSql,
  type Sought,
  worth,
} from './pool.js'

type Asked = Pick<Queries, 'run'>

/** The last paper of a page: by its score, or among those that are not ranked by its time. */
export type SearchMark = { id: string; score: number } | { id: string; at: Date | null }

export type Hit = { id: string }

type Page = {
  breadth: Breadth
  /** The ids that are ranked; null where the newest come first. */
  pool: PoolName | null
  after?: SearchMark | undefined
  limit: number
}

/** Of a search with an order or with words to leave out, so many are checked for a page. */
const mostChecked = 500

/** Reads only. `next` is null where nothing follows. */
export async function hitsOf(
  db: Asked,
  sought: Sought,
  page: Page,
): Promise<{ hits: Hit[]; next: SearchMark | null }> {
  const { pool, after, limit } = page
  const byScore = pool && !(after && 'at' in after) ? await ranked(db, sought, { ...page, pool }) : []
  const last = byScore[limit - 1]
  if (last && byScore.length > limit) {
    return { hits: byScore.slice(0, limit), next: { id: last.id, score: last.score } }
  }
  if (pool && !after) {
    // Where all were ranked, and on one page, nothing is left.
    if (page.breadth === 'all') return { hits: byScore, next: null }
    // To check more of them for a phrase takes as long again: only for who goes on, or has nothing yet.
    if (!isPlain(sought) && byScore.length > 0) return { hits: byScore, next: begin }
  }
  const rest = await others(db, sought, { ...page, limit: limit - byScore.length })
  return { hits: [...byScore, ...rest.hits], next: rest.next }
}

/** Before the first of those that are not ranked. */
const begin: SearchMark = { id: '', at: null }

type ScoreRow = { id: string; score: number }

/**
 * Relevance is `ts_rank` by weights of title, names and abstract, times what the paper is worth. The score is
 * rounded, so that the cursor compares what it was given.
 */
const byScoreIn = variants(poolNames, {
  text: (pool) => `WITH ${given}, pool AS (${poolSql(pool)}), scored AS (
      SELECT p.id, round((ts_rank('{0.1, 0.2, 0.5, 1}', p.search, $1::text::tsquery, 1) * ${worth('p')})::numeric, 7)::float8
        AS score FROM pool JOIN paper p USING (id)
    )
    SELECT id, score FROM scored
    WHERE $9::float8 IS NULL OR score < $9 OR (score = $9 AND id COLLATE "C" > $10)
    ORDER BY score DESC, id COLLATE "C" LIMIT $11`,
  parameters: [...parameterTypes, nullable(float), nullable(text), bigint],
  columns: { id: text, score: float },
})

async function ranked(db: Asked, sought: Sought, page: Page & { pool: PoolName }): Promise<ScoreRow[]> {
  const after = page.after && 'score' in page.after ? page.after : null
  return db.run(byScoreIn(page.pool), [
    ...parameters(sought),
    after?.score ?? null,
    after?.id ?? null,
    page.limit + 1,
  ])
}

const orders = ['plain', 'ordered'] as const
/** Where the page before ended: among papers with a date, among those without one, or nowhere yet. */
const marks = ['first', 'after a date', 'after none'] as const
const breadths: readonly Breadth[] = ['all', 'fetched', 'walked']

type OtherKey = `${Breadth}/${(typeof orders)[number]}/${(typeof marks)[number]}/${PoolName | 'none'}`

function goesWith(pool: PoolName | 'none', order: (typeof orders)[number]): boolean {
  if (pool === 'none' || pool === 'all') return true
  return pool === 'best of fetched' ? order === 'plain' : pool.includes(`, ${order}, `)
}

const otherKeys = breadths.flatMap((breadth) =>
  orders.flatMap((order) =>
    marks.flatMap((mark) =>
      [...poolNames, 'none' as const]
        .filter((pool) => goesWith(pool, order))
        .map((pool): OtherKey => `${breadth}/${order}/${mark}/${pool}`),
    ),
  ),
)

/** Papers without a date come first, as Postgres orders them. */
const following: Record<(typeof marks)[number], string> = {
  first: '',
  'after a date': `AND p.published_at <= $9 AND (p.published_at < $9 OR p.id COLLATE "C" > $10)`,
  'after none': `AND (p.published_at IS NOT NULL OR p.id COLLATE "C" > $10)`,
}

const othersBy = variants(otherKeys, {
  text: (key) => {
    const [breadth, order, mark, pool] = key.split('/') as [
      Breadth,
      string,
      (typeof marks)[number],
      PoolName | 'none',
    ]
    return `WITH ${given}, mark AS (SELECT $9::timestamptz, $10::text), pool AS MATERIALIZED (${pool === 'none' ? 'SELECT NULL::text AS id WHERE false' : poolSql(pool)}), others AS MATERIALIZED (
        SELECT p.id, p.published_at, p.search FROM paper p WHERE p.search @@ $6::text::tsquery AND ${filters}
          AND NOT p.id IN (SELECT id FROM pool) ${following[mark]}
        ORDER BY ${newestFirst(breadth, 'p')}, p.id COLLATE "C" LIMIT $11
      )
      SELECT id, published_at AS at, ${order === 'plain' ? 'true' : 'search @@ $1::text::tsquery'} AS fits FROM others
      ORDER BY published_at DESC, id COLLATE "C"`
  },
  parameters: [...parameterTypes, nullable(timestamptz), nullable(text), bigint],
  columns: { id: text, at: nullable(timestamptz), fits: boolean },
})

/** Matches outside the pool, the newest first. */
async function others(
  db: Asked,
  sought: Sought,
  { breadth, pool, after, limit }: Page,
): Promise<{ hits: Hit[]; next: SearchMark | null }> {
  const plain = isPlain(sought)
  const window = plain ? limit + 1 : mostChecked
  const mark = after && 'at' in after ? after : null
  const place = mark ? (mark.at ? 'after a date' : 'after none') : 'first'
  const rows = await db.run(
    othersBy(`${breadth}/${plain ? 'plain' : 'ordered'}/${place}/${pool ?? 'none'}`),
    [...parameters(sought), mark?.at ?? null, mark?.id ?? null, window],
  )
  const fitting = rows.filter(({ fits }) => fits)
  const hits = fitting.slice(0, limit)
  if (fitting.length > limit) return { hits, next: hits.at(-1) ?? begin }
  return { hits, next: (rows.length === window && rows.at(-1)) || null }
}
