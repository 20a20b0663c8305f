/** Papers as ranking for one sees them: by their words, and by what they mean where a model has said so. */
import type { Queries } from '../../../db/client.js'
import { meaningsOf } from '../../../papers/meaning/kept-vectors.js'
import type { Placed } from '../../../papers/personal/choosing/nearness.js'
import type { Lexicon, Text } from '../../../papers/personal/vectors.js'

/** @returns them in the order of the papers. */
export async function placedBy(db: Queries, lexicon: Lexicon, papers: readonly Text[]): Promise<Placed[]> {
  const meanings = await meaningsOf(
    db,
    papers.map(({ id }) => id),
  )
  return papers.map((paper) => ({ ...lexicon.vectorOf(paper), meaning: meanings.get(paper.id) }))
}
