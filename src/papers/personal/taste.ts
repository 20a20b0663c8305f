/** What one reader likes: a logistic regression over the terms of what they liked and did not. */
import { along, type Vector } from './vectors.js'

export type Taste = {
  /** The logarithm of the odds that the reader likes the paper, up to a constant of the reader. */
  of(paper: Vector): number
}

/** A paper that the reader judged; `weight` fades with age and is above 0. */
export type Judged = { paper: Vector; weight: number }

export const training = { rounds: 40, step: 2, momentum: 0.9 } as const
const { rounds, step, momentum } = training
/** Keeps a term that few papers have from deciding alone. */
export const decay = 0.01

/**
 * Learns from scratch; the same input gives the same taste. What was liked weighs as much as all the rest, however
 * few it is.
 * @param background - papers that the reader has not judged: most of what there is, they would pass over.
 */
export function learnTaste(liked: Judged[], disliked: Judged[], background: Vector[]): Taste {
  const others = [
    ...shared(disliked, background.length > 0 ? 0.25 : 0.5),
    ...evenly(background, disliked.length),
  ]
  const examples = [
    ...shared(liked, 0.5).map((one) => ({ ...one, target: 1 })),
    ...others.map((one) => ({ ...one, target: 0 })),
  ]
  const { local, numbers } = renumbered(examples.map(({ paper }) => paper))
  const direction = new Float64Array(numbers.size)
  const speed = new Float64Array(numbers.size)
  const slope = new Float64Array(numbers.size)
  let bias = 0
  for (let round = 0; round < rounds; round += 1) {
    slope.fill(0)
    let pull = 0
    for (const [index, { weight, target }] of examples.entries()) {
      const paper = local[index]!
      const error = weight * (target - 1 / (1 + Math.exp(-(along(paper, direction) + bias))))
      for (let i = 0; i < paper.terms.length; i += 1) slope[paper.terms[i]!]! += error * paper.weights[i]!
      pull += error
    }
    for (let term = 0; term < direction.length; term += 1) {
      speed[term] = momentum * speed[term]! + step * (slope[term]! - decay * direction[term]!)
      direction[term]! += speed[term]!
    }
    bias += step * pull
  }
  return { of: (paper) => bias + alongKnown(paper, numbers, direction) }
}

/** Weights that add up to the share. */
function shared(judged: Judged[], share: number): Judged[] {
  const sum = judged.reduce((all, { weight }) => all + weight, 0)
  return judged.map(({ paper, weight }) => ({ paper, weight: (share * weight) / sum }))
}

const evenly = (papers: Vector[], disliked: number): Judged[] =>
  shared(
    papers.map((paper) => ({ paper, weight: 1 })),
    disliked > 0 ? 0.25 : 0.5,
  )

/** The terms of these papers alone, numbered anew: a reader's papers have a hundredth of all terms. */
function renumbered(papers: Vector[]): { local: Vector[]; numbers: Map<number, number> } {
  const numbers = new Map<number, number>()
  const local = papers.map(({ terms, weights }) => ({
    weights,
    terms: terms.map((term) => {
      const known = numbers.get(term) ?? numbers.size
      numbers.set(term, known)
      return known
    }),
  }))
  return { local, numbers }
}

function alongKnown(
  { terms, weights }: Vector,
  numbers: Map<number, number>,
  direction: Float64Array,
): number {
  let sum = 0
  for (let i = 0; i < terms.length; i += 1) {
    const number = numbers.get(terms[i]!)
    if (number !== undefined) sum += weights[i]! * direction[number]!
  }
  return sum
}
