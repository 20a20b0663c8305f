/** Orders papers by how much they share with one, each shared term the more the rarer it is among them. */
import { likenessOf, type Text, vectorsOf } from '../personal/vectors.js'

/** Stands for the paper in question, which may be among the others. */
const own = '\u0000'

/**
 * How rare a term is, is counted among these papers alone: they are on one topic, whose words tell nothing apart.
 * @returns their ids, the nearest first; ties by id.
 */
export function nearestFirst(to: Omit<Text, 'id'>, others: readonly Text[]): string[] {
  const { vectors } = vectorsOf([{ ...to, id: own }, ...others])
  const from = vectors.get(own)
  if (!from) return []
  const scored = others.map(({ id }) => {
    const vector = vectors.get(id)
    return { id, score: vector ? likenessOf(from, vector) : 0 }
  })
  return scored.toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).map(({ id }) => id)
}
