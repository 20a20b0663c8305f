/** Search over kept papers: what matches best, the newer of the alike first, a page at a time. */
import type { Day } from '../../clock.js'
import type { Queries } from '../../db/queries/queries.js'
import { text, texts } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { type KeptPaper, keptColumns, keptColumnTypes, paperOf } from '../reads.js'
import { fused } from '../meaning/meaning.js'
import { countHits, type HitCount } from './count-hits.js'
import { papersByRarity } from './by-rarity.js'
import { headlineOptions, type Marked, readMarked, withEllipses, withoutTags } from './marked.js'
import { hitsOf } from './hits.js'
import type { Hit, SearchMark } from './page.js'
import { breadthOf } from './pool.js'
import { readTerms } from './terms.js'
import { toQuery } from './to-query.js'

export type SearchFilter = {
  /** What was typed: words, "quoted phrases", -words to leave out, an arXiv id or a link to a paper. */
  q: string
  /** The whole name, without regard to case. */
  organisation?: string | undefined
  /** First and last day of listing, both included. */
  from?: Day | undefined
  to?: Day | undefined
  /** By what fits best, unless the newest are to come first. */
  order?: 'relevance' | 'newest' | undefined
  /** The day whose recency counts; the same one on all pages of a search. */
  today: Day
  /** `next` of the page before. */
  after?: SearchMark | undefined
  limit: number
  /** Whether how many papers match is asked for too. */
  counted?: boolean | undefined
  /** Finds papers by what a question means; absent where no model is given. */
  meaning?: ((question: string, count: number) => Promise<string[]>) | undefined
}

export type FoundByWords = KeptPaper & { markedTitle: Marked; snippet: Marked }

export type SearchResult = {
  papers: FoundByWords[]
  /** Where the next page begins; null where no more papers match. */
  next: SearchMark | null
  /** The paper that the search names by its id or link; the caller may go straight to it. */
  direct: string | null
  corrected: { from: string; to: string[] }[]
  /** True where no paper has all of the words, and these have the rarest of them. */
  relaxed: boolean
  /** True where what the words mean brought some of those. */
  byMeaning: boolean
  /** How many papers match; null unless asked for, after the first page, and where `relaxed`. */
  count: HitCount | null
}

/** One word that nobody wrote leaves nothing to go by. */
const leastToRelax = 2

const nothing: SearchResult = {
  papers: [],
  next: null,
  direct: null,
  corrected: [],
  relaxed: false,
  byMeaning: false,
  count: null,
}

/**
 * Every paper that matches is on one of the pages: the ranked ones first, then all others by date. A page may be
 * short, and even empty, while there is a next one. Where no paper has all of the words, those with the rarest are on
 * a single page.
 * @returns no papers for a search without words; `marked` and snippets are pieces to be escaped one by one.
 */
export async function searchPapers(db: Queries, filter: SearchFilter): Promise<SearchResult> {
  const { arxivId, terms } = readTerms(filter.q)
  if (arxivId) {
    const known = await db.tables.selectFrom('paper').select('id').where('id', '=', arxivId).execute()
    if (known.length > 0) return { ...nothing, direct: arxivId }
  }
  const { corrected, ...words } = await toQuery(db, terms)
  if (words.tsquery === '') return nothing
  const { organisation, from, to, today, order, after } = filter
  const sought = { ...words, organisation, from, to, today }
  const { breadth, pool } = await breadthOf(db, sought)
  const ranked = order === 'newest' ? null : pool
  const { hits, next } = await hitsOf(db, sought, { ...filter, breadth, pool: ranked })
  const papers = await shown(db, words.tsquery, hits)
  if (papers.length > 0 || next || after || order === 'newest' || words.each.length < leastToRelax) {
    const count = filter.counted && !after ? await countHits(db, words.tsquery, filter, breadth) : null
    return { ...nothing, papers, next, corrected, count }
  }
  const rare = await papersByRarity(db, words.each, sought, words.not, filter.limit)
  const meant = await meantBy(filter)
  const near = meant.length > 0 ? fusedHits(rare, meant, filter.limit) : rare
  const others = await shown(db, words.anyOf, near)
  return { ...nothing, papers: others, corrected, relaxed: others.length > 0, byMeaning: meant.length > 0 }
}

/** More of each list than a page has, so that what stands in both comes first. */
const listed = 50

/** Ids by what the question means, where a model is given; a span or an organisation is asked of words alone. */
async function meantBy({ q, meaning, organisation, from, to }: SearchFilter): Promise<string[]> {
  return meaning && !organisation && !from && !to ? meaning(q, listed) : []
}

const fusedHits = (rare: readonly Hit[], meant: readonly string[], limit: number): Hit[] =>
  fused([rare.map(({ id }) => id), [...meant]], limit).map((id) => ({ id }))

const headlines = statement({
  text: `SELECT ${keptColumns},
      ts_headline('english', ${withoutTags('p.title')}, $2::text::tsquery, $3) AS "titleLine",
      ts_headline('english', ${withoutTags('left(p.abstract, 4000)')}, $2::text::tsquery, $4) AS "snippetLine"
    FROM unnest($1::text[]) WITH ORDINALITY AS hit(id, place) JOIN paper p ON p.id = hit.id
    LEFT JOIN LATERAL (SELECT * FROM listing WHERE paper_id = p.id ORDER BY day DESC LIMIT 1) l ON true
    ORDER BY hit.place`,
  parameters: [texts, text, text, text],
  columns: { ...keptColumnTypes, titleLine: text, snippetLine: text },
})

/** Headlines are made for the shown page alone: they cost more than the search. */
async function shown(
  db: Pick<Queries, 'run'>,
  tsquery: string,
  hits: readonly Hit[],
): Promise<FoundByWords[]> {
  if (hits.length === 0) return []
  const ids = hits.map(({ id }) => id)
  const rows = await db.run(headlines, [ids, tsquery, headlineOptions.whole, headlineOptions.snippet])
  return rows.map(({ titleLine, snippetLine, ...row }) => ({
    ...paperOf(row),
    markedTitle: readMarked(titleLine),
    snippet: withEllipses(readMarked(snippetLine), row.abstract),
  }))
}
