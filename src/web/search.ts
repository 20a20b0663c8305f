/** One page of a search, as the pages, the API and the feeds ask for it. */
import { decodeCursor, encodeCursor } from '../admin/cursor.js'
import { type Day, isDay, utcDay } from '../clock.js'
import { Problem } from '../errors.js'
import { readPaper } from '../papers/reads.js'
import { type FoundByWords, type SearchFilter, searchPapers } from '../papers/search/search.js'
import type { Services } from '../services.js'
import type { Span } from './days-asked.js'

export type SearchAsked = Span & {
  q: string
  organisation?: string | undefined
  cursor?: string | undefined
  limit: number
}

export type SearchAnswer = {
  papers: FoundByWords[]
  /** The cursor of the next page, null on the last. */
  next: string | null
  /** Words that nobody wrote, and those that were looked for instead. */
  corrected: { from: string; to: string[] }[]
}

/**
 * A search that names a paper by its id or link finds that one.
 * @throws Problem `invalid` for a cursor that is not ours.
 */
export async function search(
  services: Pick<Services, 'db' | 'clock'>,
  asked: SearchAsked,
): Promise<SearchAnswer> {
  const { sql } = services.db
  const { cursor, ...filter } = asked
  const place = cursor === undefined ? { today: utcDay(services.clock.now()) } : placeIn(cursor)
  const { papers, more, direct, corrected } = await searchPapers(sql, { ...filter, ...place })
  if (direct) return { papers: await named(sql, direct), next: null, corrected: [] }
  const last = papers.at(-1)
  const next = more && last ? encodeCursor([place.today, String(last.mark.score), last.mark.id]) : null
  return { papers, next, corrected }
}

/** The cursor carries the day of the first page, so that the order stays as it was at midnight. */
function placeIn(cursor: string): Pick<SearchFilter, 'today' | 'after'> & { today: Day } {
  const [today = '', score = '', id = ''] = decodeCursor(cursor, 'text', 'text', 'text')
  if (!isDay(today) || !/^\d{1,6}(\.\d{1,10})?(e-\d{1,2})?$/.test(score)) {
    throw new Problem('invalid', 'This cursor is not one of ours.')
  }
  return { today, after: { score: Number(score), id } }
}

async function named(sql: Services['db']['sql'], id: string): Promise<FoundByWords[]> {
  const paper = await readPaper(sql, id)
  if (!paper) return []
  const markedTitle = [{ text: paper.title, hit: false }]
  return [{ ...paper, markedTitle, snippet: [{ text: paper.abstract, hit: false }], mark: { score: 1, id } }]
}
