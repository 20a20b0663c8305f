/** How well an order at sending time foretold the settled one. */
import type { Trial, TrialPaper } from './trial.js'

export type Measures = {
  /** nDCG at 10 with gain log2(1 + settled votes), from 0 to 1. */
  ndcg: number
  /** Share of the settled top ten that the order's top ten has. */
  overlap: number
}

const top = 10

/** Orders by a score, the higher first, ties by id, and measures the result. */
export function measureTrial(trial: Trial, score: (paper: TrialPaper) => number): Measures {
  const order = trial.papers
    .map((paper) => ({ paper, score: score(paper) }))
    .sort((a, b) => b.score - a.score || (a.paper.id < b.paper.id ? -1 : 1))
    .map(({ paper }) => paper)
  // Papers with equal votes in the end keep the order in which they were recorded.
  const best = trial.papers.toSorted((a, b) => b.settled - a.settled)
  const places = Math.min(top, best.length)
  const settledTop = new Set(best.slice(0, places))
  const common = order.slice(0, places).filter((paper) => settledTop.has(paper)).length
  return { ndcg: gainOf(best) === 0 ? 1 : gainOf(order) / gainOf(best), overlap: common / places }
}

function gainOf(order: readonly TrialPaper[]): number {
  return order
    .slice(0, top)
    .reduce((sum, paper, i) => sum + Math.log2(1 + paper.settled) / Math.log2(i + 2), 0)
}

/** Each day counts alike, however many papers it has. */
export function mean(all: readonly Measures[]): Measures {
  const average = (of: (one: Measures) => number) => all.reduce((sum, one) => sum + of(one), 0) / all.length
  return { ndcg: average((one) => one.ndcg), overlap: average((one) => one.overlap) }
}
