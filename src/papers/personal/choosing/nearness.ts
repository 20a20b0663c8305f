/** How near two papers are for one reader: by their words and, where a model says it, by what they mean. */
import { cosineOf } from '../../meaning/kept-vectors.js'
import { likenessOf, type Vector } from '../vectors.js'

/** A paper by its words; `meaning` is of length 127, see papers/meaning. */
export type Placed = Vector & { meaning?: Int8Array | undefined }

/** The mean of both, which is a scalar product as well, as the regression needs it; words alone where one has none. */
export function nearnessOf(a: Placed, b: Placed): number {
  const words = likenessOf(a, b)
  return a.meaning && b.meaning ? (words + cosineOf(a.meaning, b.meaning)) / 2 : words
}
