/** Likeness between what readers judged, the papers of a pool and a common background, each reckoned once. */
import { likenessOf, type Vector } from '../vectors.js'

export type Space = {
  /** Papers to choose from. */
  pool: readonly Vector[]
  /** Papers that stand for all that readers passed over. */
  background: readonly Vector[]
  /** Between the papers of the background, row by row. */
  among: Float32Array
  /** To each paper of the pool, then to each of the background. */
  rowOf(paper: Vector): Float32Array
}

export function openSpace(pool: readonly Vector[], background: readonly Vector[]): Space {
  const rows = new WeakMap<Vector, Float32Array>()
  const targets = [...pool, ...background]
  return {
    pool,
    background,
    among: Float32Array.from(background.flatMap((a) => background.map((b) => likenessOf(a, b)))),
    rowOf(paper) {
      const known = rows.get(paper)
      if (known) return known
      const row = Float32Array.from(targets, (target) => likenessOf(paper, target))
      rows.set(paper, row)
      return row
    },
  }
}
