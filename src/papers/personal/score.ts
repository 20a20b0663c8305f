/** A paper's score for one reader: their taste, the nearest paper they liked, and what the community says. */
import { type Judged, learnTaste, type Taste } from './taste.js'
import { likenessOf, type Vector } from './vectors.js'

/** What speaks for a paper, each on a scale of its own. */
export type Signals = { taste: number; nearest: number; community: number }

export type Blend = Signals

/** Where there is too little to fit them from. */
const usualBlend: Blend = { taste: 2.5, nearest: 0.7, community: 0.6 }

/** Fewer pairs say more about chance than about readers. */
const leastPairs = 200
const [rounds, step] = [200, 0.5]
/** How strongly the usual blend holds against what the pairs say. */
const pull = 0.01

export type Reader = { taste: Taste; liked: Vector[] }

export function readerOf(liked: Judged[], disliked: Judged[], background: Vector[]): Reader {
  return { taste: learnTaste(liked, disliked, background), liked: liked.map(({ paper }) => paper) }
}

/** @param votes - how many others voted for the paper. */
export function signalsOf(reader: Reader, paper: Vector, votes: number): Signals {
  return {
    taste: reader.taste.of(paper),
    nearest: reader.liked.reduce((most, liked) => Math.max(most, likenessOf(liked, paper)), 0),
    community: Math.log1p(votes),
  }
}

export const scoreOf = (signals: Signals, blend: Blend) =>
  blend.taste * signals.taste + blend.nearest * signals.nearest + blend.community * signals.community

/** A paper that a reader liked, beside one that they did not pick. */
export type Pair = { liked: Signals; other: Signals }

/** The blend that most often puts what was liked first: logistic regression on the differences. */
export function fitBlend(pairs: readonly Pair[]): Blend {
  if (pairs.length < leastPairs) return usualBlend
  const blend = { ...usualBlend }
  for (let round = 0; round < rounds; round += 1) {
    const slope = { taste: 0, nearest: 0, community: 0 }
    for (const { liked, other } of pairs) {
      const error = 1 / (1 + Math.exp(scoreOf(liked, blend) - scoreOf(other, blend))) / pairs.length
      for (const signal of signals) slope[signal] += error * (liked[signal] - other[signal])
    }
    for (const signal of signals) {
      blend[signal] = Math.max(
        0,
        blend[signal] + step * (slope[signal] + pull * (usualBlend[signal] - blend[signal])),
      )
    }
  }
  return blend
}

const signals = ['taste', 'nearest', 'community'] as const
