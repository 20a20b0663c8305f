/** Search over kept papers: what matches best, the newer of the alike first, a page at a time. */
import type { Day } from '../../clock.js'
import type { Query } from '../../db/client.js'
import { type KeptPaper, listingColumns, paperColumns, paperOf, type PaperRow } from '../reads.js'
import { headlineOptions, type Marked, readMarked, withoutTags } from './marked.js'
import { readTerms } from './terms.js'
import { toQuery } from './to-query.js'

type SearchMark = { score: number; id: string }

export type SearchFilter = {
  /** What was typed: words, "quoted phrases", -words to leave out, an arXiv id or a link to a paper. */
  q: string
  /** The whole name, without regard to case. */
  organisation?: string | undefined
  /** First and last day of listing, both included. */
  from?: Day | undefined
  to?: Day | undefined
  /** The day whose recency counts; the same one on all pages of a search. */
  today: Day
  /** `mark` of the last paper of the page before. */
  after?: SearchMark | undefined
  limit: number
}

export type FoundByWords = KeptPaper & { markedTitle: Marked; snippet: Marked; mark: SearchMark }

export type SearchResult = {
  papers: FoundByWords[]
  /** Whether there is a page after this one. */
  more: boolean
  /** The paper that the search names by its id or link; the caller may go straight to it. */
  direct: string | null
  corrected: { from: string; to: string[] }[]
}

/**
 * Of more papers than this that match by title, and of more that match anywhere, the newest are looked at: who
 * types one common word wants those.
 */
const mostRanked = 120
const mostChecked = 500

/**
 * @returns no papers for a search without words; `marked` and snippets are pieces to be escaped one by one.
 */
export async function searchPapers(query: Query, filter: SearchFilter): Promise<SearchResult> {
  const { arxivId, terms } = readTerms(filter.q)
  if (arxivId) {
    const [known] = await query('SELECT 1 FROM paper WHERE id = $1', [arxivId])
    if (known) return { papers: [], more: false, direct: arxivId, corrected: [] }
  }
  const { tsquery, loose, corrected } = await toQuery(query, terms)
  if (tsquery === '') return { papers: [], more: false, direct: null, corrected: [] }
  const order =
    (await expected(query, loose)) > manyMatches ? 'p.published_at' : `p.published_at + interval '0'`
  const rows = await query<PaperRow & HitRow>(pageStatement(order), [
    tsquery,
    filter.organisation ?? null,
    filter.from ?? null,
    filter.to ?? null,
    filter.today,
    filter.after?.score ?? null,
    filter.after?.id ?? null,
    filter.limit + 1,
    headlineOptions.whole,
    headlineOptions.snippet,
    loose,
    // A phrase of common words is checked on so many papers that have them all, not on every one.
    loose === tsquery ? mostRanked : mostChecked,
  ])
  const papers = rows.slice(0, filter.limit).map(foundOf)
  return { papers, more: rows.length > filter.limit, direct: null, corrected }
}

/**
 * From so many matches on it is quicker to go back from the newest paper and check each than to fetch all matches.
 * The planner would do so far earlier: it does not know that checking a long vector costs more than a comparison.
 * An expression in the order keeps it from that. At a hundred thousand papers the two cost alike around here.
 */
const manyMatches = 7000

/** How many papers the planner takes to match. */
async function expected(query: Query, tsquery: string): Promise<number> {
  const [row] = await query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
    'EXPLAIN (FORMAT JSON) SELECT FROM paper p WHERE p.search @@ $1::tsquery',
    [tsquery],
  )
  return row?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0
}

type HitRow = { score: number; titleLine: string; snippetLine: string }

function foundOf({ score, titleLine, snippetLine, ...row }: PaperRow & HitRow): FoundByWords {
  return {
    ...paperOf(row),
    markedTitle: readMarked(titleLine),
    snippet: readMarked(snippetLine),
    mark: { score, id: row.id },
  }
}

const filters = `($2::text IS NULL OR lower(p.organisation) = lower($2))
  AND (($3::date IS NULL AND $4::date IS NULL) OR EXISTS (SELECT FROM listing l WHERE l.paper_id = p.id
    AND l.day >= coalesce($3::date, '-infinity') AND l.day <= coalesce($4::date, 'infinity')))`

/**
 * Relevance is `ts_rank` by weights of title, names and abstract; a paper of today counts 1.5 times one of long
 * ago, halfway after two months, and votes a little. The score is rounded, so that the cursor compares what it
 * was given. Headlines are made for the shown page alone: they cost more than the search.
 */
const pageStatement = (newest: string) => `
WITH ids AS (
  (SELECT p.id FROM paper p WHERE p.title_search @@ $1::tsquery AND p.search @@ $1::tsquery AND ${filters}
     ORDER BY p.published_at + interval '0' DESC LIMIT ${mostRanked})
  UNION
  (SELECT id FROM (SELECT p.id, p.search, p.published_at FROM paper p
     WHERE p.search @@ $11::tsquery AND ${filters} ORDER BY ${newest} DESC LIMIT $12) pool
   WHERE pool.search @@ $1::tsquery ORDER BY published_at DESC LIMIT ${mostRanked})
), hits AS (
  SELECT p.id, p.published_at, p.votes, p.search FROM ids JOIN paper p USING (id)
), scored AS (
  SELECT id, round((ts_rank('{0.1, 0.2, 0.5, 1}', search, $1::tsquery, 1)
    * (1 + 0.5 * exp(-greatest(0, extract(epoch FROM $5::date - coalesce(published_at, '2000-01-01')) / 86400 / 90)::float8))
    * (1 + 0.05 * ln(1 + votes)))::numeric, 7)::float8 AS score
  FROM hits
), page AS (
  SELECT id, score FROM scored
  WHERE $6::float8 IS NULL OR score < $6 OR (score = $6 AND id COLLATE "C" > $7)
  ORDER BY score DESC, id COLLATE "C" LIMIT $8
)
SELECT ${paperColumns}, ${listingColumns}, page.score,
  ts_headline('english', ${withoutTags('p.title')}, $1::tsquery, $9) AS "titleLine",
  ts_headline('english', ${withoutTags('left(p.abstract, 4000)')}, $1::tsquery, $10) AS "snippetLine"
FROM page JOIN paper p ON p.id = page.id
LEFT JOIN LATERAL (SELECT * FROM listing WHERE paper_id = p.id ORDER BY day DESC LIMIT 1) l ON true
ORDER BY page.score DESC, page.id COLLATE "C"`
