/** Likeness between what readers judged, the papers of a pool and a common background, each reckoned once. */
import { Nearness, type Placed } from './nearness.js'

export type Space = {
  /** Papers to choose from. */
  pool: readonly Placed[]
  /** Papers that stand for all that readers passed over. */
  background: readonly Placed[]
  nearness: Nearness
  /** Between the papers of the background, row by row. */
  among: Float32Array
  /** To each paper of the pool, then to each of the background. */
  rowOf(paper: Placed): Float32Array
}

export function openSpace(pool: readonly Placed[], background: readonly Placed[]): Space {
  const rows = new WeakMap<Placed, Float32Array>()
  const targets = [...pool, ...background]
  const nearness = new Nearness()
  const rowTo = (paper: Placed, others: readonly Placed[]) => {
    nearness.from(paper)
    return Float32Array.from(others, (other) => nearness.to(other))
  }
  return {
    pool,
    background,
    nearness,
    among: Float32Array.from(background.flatMap((one) => [...rowTo(one, background)])),
    rowOf(paper) {
      const known = rows.get(paper)
      if (known) return known
      const row = rowTo(paper, targets)
      rows.set(paper, row)
      return row
    },
  }
}
