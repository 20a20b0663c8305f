/** Papers as directions in the space of their terms, weighed by how rare each term is (tf-idf). */
import { termsOf } from './terms.js'

/** A direction of length 1: ascending numbers of terms, and their weights. */
export type Vector = { terms: Int32Array; weights: Float32Array }

export type Corpus = {
  /** How many terms there are; numbers of terms lie below. */
  size: number
  vectors: Map<string, Vector>
}

export type Text = { id: string; title: string; abstract: string }

/** A term in more than this share of the papers tells nothing apart. */
const mostCommon = 0.5
/** A term in fewer papers tells of one paper alone. */
const fewest = 2

/** How rare each term is among some papers; makes vectors of these and of any others. */
export type Lexicon = { size: number; vectorOf(paper: Omit<Text, 'id'>): Vector }

export function lexiconOf(papers: Iterable<Omit<Text, 'id'>>): Lexicon {
  const counts = new Map<string, number>()
  let all = 0
  for (const paper of papers) {
    all += 1
    for (const term of termsOf(paper).keys()) counts.set(term, (counts.get(term) ?? 0) + 1)
  }
  const most = Math.max(fewest, all * mostCommon)
  const numbers = new Map<string, number>()
  const rarity: number[] = []
  for (const [term, count] of counts) {
    if (count < fewest || count > most) continue
    numbers.set(term, rarity.length)
    rarity.push(Math.log((1 + all) / count))
  }
  return { size: rarity.length, vectorOf: (paper) => vectorOf(paper, numbers, rarity) }
}

/** Reads the texts twice: once to count in how many papers a term occurs, once to weigh. */
export function vectorsOf(papers: readonly Text[]): Corpus {
  const lexicon = lexiconOf(papers)
  return {
    size: lexicon.size,
    vectors: new Map(papers.map((paper) => [paper.id, lexicon.vectorOf(paper)])),
  }
}

function vectorOf(paper: Omit<Text, 'id'>, numbers: Map<string, number>, rarity: readonly number[]): Vector {
  const found: [number, number][] = []
  for (const [term, count] of termsOf(paper)) {
    const number = numbers.get(term)
    if (number !== undefined) found.push([number, (1 + Math.log(count)) * (rarity[number] ?? 0)])
  }
  found.sort((a, b) => a[0] - b[0])
  const length = Math.sqrt(found.reduce((sum, [, weight]) => sum + weight * weight, 0)) || 1
  return {
    terms: Int32Array.from(found, ([term]) => term),
    weights: Float32Array.from(found, ([, weight]) => weight / length),
  }
}

/** The cosine of the angle between two papers, from 0 for nothing in common to 1. */
export function likenessOf(a: Vector, b: Vector): number {
  let [i, j, sum] = [0, 0, 0]
  while (i < a.terms.length && j < b.terms.length) {
    const [left, right] = [a.terms[i]!, b.terms[j]!]
    if (left === right) sum += a.weights[i]! * b.weights[j]!
    if (left <= right) i += 1
    if (right <= left) j += 1
  }
  return sum
}

/** The scalar product with one number for each term. */
export function along(vector: Vector, direction: Float32Array | Float64Array): number {
  let sum = 0
  for (let i = 0; i < vector.terms.length; i += 1) sum += vector.weights[i]! * direction[vector.terms[i]!]!
  return sum
}

/** Adds the vector, so many times, to one number for each term. */
export function addTo(direction: Float32Array | Float64Array, vector: Vector, times: number): void {
  for (let i = 0; i < vector.terms.length; i += 1) direction[vector.terms[i]!]! += times * vector.weights[i]!
}
