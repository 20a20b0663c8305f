/** One page of a search, as the pages, the API and the feeds ask for it. */
import { decodeCursor, encodeCursor } from '../../../format/cursor.js'
import { type Day, isDay, utcDay } from '../../../clock.js'
import { messageOf, Problem } from '../../../errors.js'
import { readPaper } from '../../../papers/reads.js'
import type { SearchMark } from '../../../papers/search/page.js'
import type { HitCount } from '../../../papers/search/count-hits.js'
import { type FoundByWords, searchPapers } from '../../../papers/search/search.js'
import { instant } from '../../../papers/text.js'
import type { Services } from '../../../services.js'
import type { Span } from './days-asked.js'

/** Characters of a search: who pastes a whole sentence is not turned away, though only its beginning counts. */
export const longestSearch = 2000

export type SearchAsked = Span & {
  q: string
  organisation?: string | undefined
  order?: 'relevance' | 'newest' | undefined
  cursor?: string | undefined
  limit: number
  /** Whether how many papers match is asked for too. */
  counted?: boolean
}

export type SearchAnswer = {
  papers: FoundByWords[]
  /** The cursor of the next page, null on the last. */
  next: string | null
  /** Words that nobody wrote, and those that were looked for instead. */
  corrected: { from: string; to: string[] }[]
  /** True where no paper has all of the words, and these have the rarest of them. */
  relaxed: boolean
  /** True where what the words mean brought some of those. */
  byMeaning: boolean
  /** How many papers match; null unless asked for, after the first page, and where `relaxed`. */
  count: HitCount | null
}

/**
 * A search that names a paper by its id or link finds that one.
 * @throws Problem `invalid` for a cursor that is not ours.
 */
export async function search(
  services: Pick<Services, 'db' | 'clock'> & Partial<Pick<Services, 'meaning' | 'log'>>,
  asked: SearchAsked,
): Promise<SearchAnswer> {
  const { db } = services
  const { cursor, ...filter } = asked
  const place = cursor === undefined ? { today: utcDay(services.clock.now()) } : placeIn(cursor)
  const { papers, next, direct, corrected, relaxed, byMeaning, count } = await searchPapers(db, {
    ...filter,
    ...place,
    meaning: meaningOf(services),
  })
  if (direct)
    return {
      papers: await named(db, direct),
      next: null,
      corrected: [],
      relaxed: false,
      byMeaning: false,
      count: null,
    }
  return {
    papers,
    next: next && encodeCursor([place.today, keyOf(next), next.id]),
    corrected,
    relaxed,
    byMeaning,
    count,
  }
}

/** A model that fails leaves the words. */
function meaningOf({ db, meaning, log }: Pick<Services, 'db'> & Partial<Pick<Services, 'meaning' | 'log'>>) {
  if (!meaning) return undefined
  return (question: string, count: number) =>
    meaning.ofQuestion(db, question, count).catch((error: unknown) => {
      log?.error({ fault: messageOf(error) }, 'papers could not be searched by meaning')
      return []
    })
}

const keyOf = (mark: SearchMark) => ('score' in mark ? String(mark.score) : (mark.at?.toISOString() ?? ''))

/** The cursor carries the day of the first page, so that the order stays as it was at midnight. */
function placeIn(cursor: string): { today: Day; after: SearchMark } {
  const [today = '', key = '', id = ''] = decodeCursor(cursor, 'text', 'text', 'text')
  const after = /^\d{1,6}(\.\d{1,10})?(e-\d{1,2})?$/.test(key) ? { score: Number(key) } : { at: instant(key) }
  if (!isDay(today) || (key !== '' && 'at' in after && !after.at)) {
    throw new Problem('invalid', 'This cursor is not one of ours.')
  }
  return { today, after: { ...after, id } }
}

async function named(db: Services['db'], id: string): Promise<FoundByWords[]> {
  const paper = await readPaper(db, id)
  if (!paper) return []
  const markedTitle = [{ text: paper.title, hit: false }]
  return [{ ...paper, markedTitle, snippet: [{ text: paper.abstract, hit: false }] }]
}
