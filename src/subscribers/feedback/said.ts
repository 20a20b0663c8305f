/** What a reader has said of papers: more like this, less, saved. */
import type { Queries } from '../../db/client.js'
import { type ColumnValue, columnValues } from '../../db/queries/columns.js'
import { boolean, int, nullable, oneOf, text, texts } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'

export type Answer = ColumnValue<'feedback', 'answer'>

/** What a reader says of one paper; neither an answer nor saved is as if nothing had been said. */
export type Said = { paperId: string; answer: Answer | null; saved: boolean }

const saidOf = statement({
  text: `SELECT paper_id AS "paperId", answer, saved_at IS NOT NULL AS saved FROM feedback
    WHERE subscriber_id = $1 AND paper_id = ANY ($2)`,
  parameters: [int, texts],
  columns: { paperId: text, answer: nullable(oneOf(columnValues.feedback.answer)), saved: boolean },
})

/** What the reader has said of these papers, in their order. */
export async function readSaid(
  db: Queries,
  subscriberId: number,
  paperIds: readonly string[],
): Promise<Said[]> {
  const rows = await db.run(saidOf, [subscriberId, [...paperIds]])
  const known = new Map(rows.map((row) => [row.paperId, row]))
  return paperIds.map((paperId) => known.get(paperId) ?? { paperId, answer: null, saved: false })
}
