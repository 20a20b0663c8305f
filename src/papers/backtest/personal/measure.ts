/** How high each held-out paper stands among others. */

export type Measures = {
  /** Normalised discounted gain at 10 with one relevant paper: 1 / log2(1 + rank) up to rank 10. */
  ndcg10: number
  /** Mean reciprocal rank. */
  mrr: number
  /** Share of the others that stand below; a tie counts half. */
  auc: number
}

const top = 10

/** @param others - their scores; ties are broken as if by a coin, half of them above. */
export function measureOne(score: number, others: readonly number[]): Measures {
  const above = others.filter((other) => other > score).length
  const tied = others.filter((other) => other === score).length
  const rank = 1 + above + tied / 2
  return {
    ndcg10: rank <= top ? 1 / Math.log2(1 + rank) : 0,
    mrr: 1 / rank,
    auc: others.length === 0 ? 1 : 1 - (above + tied / 2) / others.length,
  }
}

/** @returns zeros for none. */
export function meanOf(all: readonly Measures[]): Measures {
  const average = (of: (one: Measures) => number) =>
    all.length === 0 ? 0 : all.reduce((sum, one) => sum + of(one), 0) / all.length
  return {
    ndcg10: average((one) => one.ndcg10),
    mrr: average((one) => one.mrr),
    auc: average((one) => one.auc),
  }
}
