/** One page of a list of papers without a search, as the pages and the API ask for it. */
import { decodeCursor, pageOf } from '../../../format/cursor.js'
import { isDay } from '../../../clock.js'
import { Problem } from '../../../errors.js'
import {
  type BrowsedPaper,
  type BrowseFilter,
  type BrowseMark,
  browsePapers,
} from '../../../papers/browse.js'
import type { Services } from '../../../services.js'

type BrowseAsked = Omit<BrowseFilter, 'after'> & { cursor?: string | undefined }

/** @throws Problem `invalid` for a cursor that is not ours. */
export async function browse(
  { db }: Pick<Services, 'db'>,
  { cursor, ...filter }: BrowseAsked,
): Promise<{ items: BrowsedPaper[]; next: string | null }> {
  const after = cursor === undefined ? undefined : markIn(cursor)
  const papers = await browsePapers(db, { ...filter, after, limit: filter.limit + 1 })
  return pageOf(papers, filter.limit, ({ mark }) => [mark.day, mark.votes, mark.id])
}

function markIn(cursor: string): BrowseMark {
  const [day = '', votes, id = ''] = decodeCursor(cursor, 'text', 'int', 'text')
  if (isDay(day)) return { day, votes: Number(votes), id }
  throw new Problem('invalid', 'This cursor is not one of ours.')
}
