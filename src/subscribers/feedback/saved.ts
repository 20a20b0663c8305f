/** The papers that a reader saved. */
import type { Queries } from '../../db/client.js'
import { columnValues } from '../../db/queries/columns.js'
import { int, nullable, oneOf, present, text, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import type { Answer } from './said.js'

export type SavedPaper = { paperId: string; savedAt: Date; answer: Answer | null }

const savedBy = statement({
  text: `SELECT paper_id AS "paperId", saved_at AS "savedAt", answer FROM feedback
    WHERE subscriber_id = $1 AND saved_at IS NOT NULL ORDER BY saved_at DESC, paper_id LIMIT $2::int`,
  parameters: [int, int],
  columns: {
    paperId: text,
    savedAt: present(timestamptz),
    answer: nullable(oneOf(columnValues.feedback.answer)),
  },
})

/** Newest first, at most so many. */
export function savedPapers(db: Queries, subscriberId: number, limit: number): Promise<SavedPaper[]> {
  return db.run(savedBy, [subscriberId, limit])
}
