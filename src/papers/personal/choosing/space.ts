/** Likeness between what readers judged, the papers of a pool and a common background, each reckoned once. */
import { nearnessOf, type Placed } from './nearness.js'

export type Space = {
  /** Papers to choose from. */
  pool: readonly Placed[]
  /** Papers that stand for all that readers passed over. */
  background: readonly Placed[]
  /** Between the papers of the background, row by row. */
  among: Float32Array
  /** To each paper of the pool, then to each of the background. */
  rowOf(paper: Placed): Float32Array
}

export function openSpace(pool: readonly Placed[], background: readonly Placed[]): Space {
  const rows = new WeakMap<Placed, Float32Array>()
  const targets = [...pool, ...background]
  return {
    pool,
    background,
    among: Float32Array.from(background.flatMap((a) => background.map((b) => nearnessOf(a, b)))),
    rowOf(paper) {
      const known = rows.get(paper)
      if (known) return known
      const row = Float32Array.from(targets, (target) => nearnessOf(paper, target))
      rows.set(paper, row)
      return row
    },
  }
}
