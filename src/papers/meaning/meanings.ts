/** What papers mean, as vectors of bytes, and how near two of them are. */

/** Vectors of length 127 by the ids of their papers, all of one model; papers without are absent. */
export type Meanings = ReadonlyMap<string, Int8Array>

/** The cosine of the angle between two, from -1 to 1. */
export function cosineOf(a: Int8Array, b: Int8Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i += 1) sum += a[i]! * b[i]!
  return sum / (127 * 127)
}
