/** Tries the search on questions whose answers are known. */
import type { Tx } from '../../../db/open-transaction.js'
import { fused } from '../../meaning/meaning.js'
import type { Text } from '../../personal/vectors.js'
import { nearestFirst } from '../../search/nearest.js'
import { searchPapers } from '../../search/search.js'
import type { Asked, Questions } from './read-queries.js'
import type { TrialMeaning } from './by-meaning.js'
import { openScratchArchive } from './scratch.js'

type SearchMethod = {
  name: string
  /** nDCG at a fifth of the pool, over the questions with graded candidates; null without any. */
  ndcg: number | null
  /** Over the questions that mean one paper: the share found among the first ten; null without any. */
  recall10: number | null
  /** One over the rank among the first ten, 0 beyond it. */
  mrr10: number | null
}

export type SearchReport = { papers: number; queries: number; methods: SearchMethod[] }

type Progress = { indexed: (done: number) => void; asked: (done: number) => void }

const top = 10
/** The day does not matter: these papers have none. */
const today = '2026-01-01'

type Way = 'words' | 'vectors' | 'both'
/** More of each list than counts, so that what stands in both comes first. */
const listed = 50

/**
 * The search runs on temporary tables of the transaction; nothing is kept.
 * @param meaning - of the same papers and questions; without it words alone are tried.
 */
export async function searchBacktest(
  tx: Tx,
  papers: ReadonlyMap<string, Text>,
  questions: Questions,
  progress: Progress,
  meaning: TrialMeaning | null = null,
): Promise<SearchReport> {
  const { meant, graded } = questions
  const ways: Way[] = meaning ? ['words', 'vectors', 'both'] : ['words']
  const ranks = new Map(ways.map((way) => [way, [] as number[]]))
  const gains = new Map(ways.map((way) => [way, [] as number[]]))
  if (meant.length > 0) await openScratchArchive(tx, [...papers.values()], progress.indexed)
  for (const [done, asked] of meant.entries()) {
    for (const way of ways) ranks.get(way)?.push(await rankOf(tx, asked, way, meaning))
    progress.asked(done + 1)
  }
  for (const [done, { candidates, ...asked }] of graded.entries()) {
    const pool = candidates.flatMap(({ id }) => papers.get(id) ?? [])
    const grades = new Map(candidates.map(({ id, grade }) => [id, grade]))
    const byWords = nearestFirst(textOf(asked, papers), pool)
    const ids = pool.map(({ id }) => id)
    const byMeaning = meaning?.nearest(asked, ids, ids.length) ?? []
    const orders = { words: byWords, vectors: byMeaning, both: fused([byWords, byMeaning], ids.length) }
    for (const way of ways) gains.get(way)?.push(ndcg(orders[way].map((id) => grades.get(id) ?? 0)))
    progress.asked(meant.length + done + 1)
  }
  return {
    papers: papers.size,
    queries: meant.length + graded.length,
    methods: ways.map((name) => ({
      name,
      ndcg: mean(gains.get(name) ?? []),
      recall10: mean((ranks.get(name) ?? []).map((rank) => Number(rank > 0))),
      mrr10: mean((ranks.get(name) ?? []).map((rank) => (rank > 0 ? 1 / rank : 0))),
    })),
  }
}

/** From 1; 0 beyond the first ten. */
async function rankOf(
  tx: Tx,
  { text, id }: { text: string; id: string },
  way: Way,
  meaning: TrialMeaning | null,
): Promise<number> {
  if (way === 'vectors') return 1 + (meaning?.nearest({ text }, null, top) ?? []).indexOf(id)
  const found = await searchPapers(tx, {
    q: text,
    today,
    limit: top,
    ...(way === 'both' && { meaning: async () => meaning?.nearest({ text }, null, listed) ?? [] }),
  })
  return found.direct === id ? 1 : 1 + found.papers.findIndex((paper) => paper.id === id)
}

function textOf(asked: Asked, papers: ReadonlyMap<string, Text>): Omit<Text, 'id'> {
  if ('text' in asked) return { title: asked.text, abstract: '' }
  return papers.get(asked.paper) ?? { title: '', abstract: '' }
}

/** At a fifth of the pool, the gain of a paper being its grade; 1 where no paper fits at all. */
function ndcg(grades: readonly number[]): number {
  const places = Math.max(1, Math.floor(grades.length / 5))
  const gain = (order: readonly number[]) =>
    order.slice(0, places).reduce((sum, grade, i) => sum + grade / Math.log2(i + 2), 0)
  const best = gain(grades.toSorted((a, b) => b - a))
  return best === 0 ? 1 : gain(grades) / best
}

const mean = (values: readonly number[]) =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
