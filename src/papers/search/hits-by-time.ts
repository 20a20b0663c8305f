/** What matches outside the pool: by date, the newest first. */
import type { Queries } from '../../db/client.js'
import { bigint, boolean, nullable, text, timestamptz } from '../../db/queries/sql-types.js'
import { variants } from '../../db/queries/statement.js'
import { beforeUnranked, type Hit, type Page, type SearchMark } from './page.js'
import { given, isPlain, parameters, parameterTypes, type Sought } from './pool.js'
import { type Breadth, filters, newestFirst, type PoolName, poolNames, poolSql } from './pool-sql.js'

/** Of a search with an order or with words to leave out, so many are checked for a page. */
const mostChecked = 500

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
export async function othersByTime(
  db: Pick<Queries, 'run'>,
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
  if (fitting.length > limit) return { hits, next: hits.at(-1) ?? beforeUnranked }
  return { hits, next: (rows.length === window && rows.at(-1)) || null }
}
