/** Tries the search on questions whose answers are known. */
import type { Tx } from '../../../db/transaction.js'
import type { Text } from '../../personal/vectors.js'
import { nearestFirst } from '../../search/nearest.js'
import { searchPapers } from '../../search/search.js'
import type { Asked, Questions } from './read-queries.js'
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

/** The search runs on temporary tables of the transaction; nothing is kept. */
export async function searchBacktest(
  tx: Tx,
  papers: ReadonlyMap<string, Text>,
  { meant, graded }: Questions,
  progress: Progress,
): Promise<SearchReport> {
  const ranks: number[] = []
  if (meant.length > 0) await openScratchArchive(tx, [...papers.values()], progress.indexed)
  for (const { text, id } of meant) {
    const found = await searchPapers(tx, { q: text, today, limit: top })
    ranks.push(found.direct === id ? 1 : 1 + found.papers.findIndex((paper) => paper.id === id))
    progress.asked(ranks.length)
  }
  const gains = graded.map(({ candidates, ...asked }, index) => {
    const pool = candidates.flatMap(({ id }) => papers.get(id) ?? [])
    const grades = new Map(candidates.map(({ id, grade }) => [id, grade]))
    const order = nearestFirst(textOf(asked, papers), pool)
    progress.asked(ranks.length + index + 1)
    return ndcg(order.map((id) => grades.get(id) ?? 0))
  })
  const words: SearchMethod = {
    name: 'words',
    ndcg: mean(gains),
    recall10: mean(ranks.map((rank) => Number(rank > 0))),
    mrr10: mean(ranks.map((rank) => (rank > 0 ? 1 / rank : 0))),
  }
  return { papers: papers.size, queries: meant.length + graded.length, methods: [words] }
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
