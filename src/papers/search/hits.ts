/** A page of what matches: first the ranked papers by score, then all others by date. */
import type { Queries } from '../../db/client.js'
import { bigint, float, nullable, text } from '../../db/queries/sql-types.js'
import { variants } from '../../db/queries/statement.js'
import { othersByTime } from './hits-by-time.js'
import { beforeUnranked, type Hit, type Page, type SearchMark } from './page.js'
import { given, isPlain, parameters, parameterTypes, type Sought } from './pool.js'
import { type PoolName, poolNames, poolSql, worth } from './pool-sql.js'

type Asked = Pick<Queries, 'run'>

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
    if (!isPlain(sought) && byScore.length > 0) return { hits: byScore, next: beforeUnranked }
  }
  const rest = await othersByTime(db, sought, { ...page, limit: limit - byScore.length })
  return { hits: [...byScore, ...rest.hits], next: rest.next }
}

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
