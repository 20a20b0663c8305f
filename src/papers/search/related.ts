/** Papers that share the rarer words of a paper's title, keywords and organisation. */
import type { Queries } from '../../db/client.js'
import { bigint, text } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { type KeptPaper, keptColumns, keptColumnTypes, paperOf } from '../reads.js'

/** Of more that share a word, the newest are compared. */
const mostCompared = 300

const related = statement({
  text: `WITH own AS (
       SELECT string_agg(quote_literal(lexeme), ' | ') AS words FROM paper, unnest(ts_filter(search, '{a,b}'))
       WHERE id = $1 AND lexeme ~ '^[[:alnum:]]{3,}$'
     ), near AS (
       SELECT p.id, p.search FROM paper p, own WHERE own.words IS NOT NULL AND p.id <> $1
         AND p.search @@ own.words::tsquery
       ORDER BY p.published_at DESC NULLS LAST LIMIT ${mostCompared}
     ), best AS (
       SELECT near.id, ts_rank('{0.1, 0.3, 0.6, 1}', near.search, own.words::tsquery, 1) AS score FROM near, own
       ORDER BY score DESC, near.id COLLATE "C" LIMIT $2
     )
     SELECT ${keptColumns} FROM best JOIN paper p ON p.id = best.id
     LEFT JOIN LATERAL (SELECT * FROM listing WHERE paper_id = p.id ORDER BY day DESC LIMIT 1) l ON true
     ORDER BY best.score DESC, p.id COLLATE "C"`,
  parameters: [text, bigint],
  columns: keptColumnTypes,
})

/**
 * Any word of the title or keywords may match; the more and the weightier match, the nearer.
 * @returns at most `limit` others, the nearest first; none for an id that is not kept.
 */
export async function relatedPapers(db: Queries, id: string, limit: number): Promise<KeptPaper[]> {
  const rows = await db.run(related, [id, limit])
  return rows.map(paperOf)
}
