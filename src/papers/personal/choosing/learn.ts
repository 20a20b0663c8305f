/** The logistic regression of `taste.ts` by likeness alone, so that its vectors are read once for all readers. */
import { decay, training } from '../taste.js'
import type { Placed } from './nearness.js'
import type { Space } from './space.js'

/** A paper that the reader judged; its weight fades with age and is above 0. */
export type JudgedPaper = { paper: Placed; liked: boolean; weight: number }

/**
 * What each judged paper adds to the logarithm of the odds of each paper of the pool: a row a judged paper. All that
 * does not come from one of them is in `rest`, the same shape as one row.
 */
export type Learnt = { rows: Float32Array[]; rest: Float32Array }

const { rounds, step, momentum } = training

/** The direction that is learnt is a sum of the examples, so that their shares in it are all there is to learn. */
export function learn(space: Space, judged: readonly JudgedPaper[]): Learnt {
  const size = judged.length + space.background.length
  const likeness = likenessAmong(space, judged)
  const weights = weightsOf(space, judged)
  const targets = Float64Array.from({ length: size }, (_, i) => Number(judged[i]?.liked ?? false))
  const shares = new Float64Array(size)
  const speed = new Float64Array(size)
  const error = new Float64Array(size)
  let bias = 0
  for (let round = 0; round < rounds; round += 1) {
    let pull = 0
    for (let i = 0; i < size; i += 1) {
      const sum = bias + product(shares, likeness, i * size)
      error[i] = weights[i]! * (targets[i]! - 1 / (1 + Math.exp(-sum)))
      pull += error[i]!
    }
    for (let i = 0; i < size; i += 1) {
      speed[i] = momentum * speed[i]! + step * (error[i]! - decay * shares[i]!)
      shares[i]! += speed[i]!
    }
    bias += step * pull
  }
  return addedBy(space, judged, shares, bias)
}

/** Four sums at a time: one alone would wait for each addition before the next. */
function product(shares: Float64Array, likeness: Float64Array, row: number): number {
  const size = shares.length
  let [a, b, c, d, j] = [0, 0, 0, 0, 0]
  for (; j + 3 < size; j += 4) {
    a += shares[j]! * likeness[row + j]!
    b += shares[j + 1]! * likeness[row + j + 1]!
    c += shares[j + 2]! * likeness[row + j + 2]!
    d += shares[j + 3]! * likeness[row + j + 3]!
  }
  for (; j < size; j += 1) a += shares[j]! * likeness[row + j]!
  return a + b + c + d
}

function likenessAmong(space: Space, judged: readonly JudgedPaper[]): Float64Array {
  const { background, among, pool } = space
  const [own, all] = [judged.length, judged.length + background.length]
  const likeness = new Float64Array(all * all)
  for (const [i, { paper }] of judged.entries()) {
    const row = space.rowOf(paper)
    const nearness = space.nearness.from(paper)
    for (let j = 0; j < i; j += 1) {
      likeness[i * all + j] = nearness.to(judged[j]!.paper)
      likeness[j * all + i] = likeness[i * all + j]!
    }
    likeness[i * all + i] = 1
    for (let b = 0; b < background.length; b += 1) {
      likeness[i * all + own + b] = row[pool.length + b]!
      likeness[(own + b) * all + i] = row[pool.length + b]!
    }
  }
  for (let a = 0; a < background.length; a += 1) {
    likeness.set(among.subarray(a * background.length, (a + 1) * background.length), (own + a) * all + own)
  }
  return likeness
}

/** What was liked weighs as much as all the rest, however few it is. */
function weightsOf({ background }: Space, judged: readonly JudgedPaper[]): Float64Array {
  const sumOf = (wanted: boolean) =>
    judged.reduce((sum, { liked, weight }) => sum + (liked === wanted ? weight : 0), 0)
  const [liked, disliked] = [sumOf(true), sumOf(false)]
  const rest = disliked > 0 ? 0.25 : 0.5
  return Float64Array.from([
    ...judged.map((one) =>
      one.liked ? (0.5 * one.weight) / liked : ((background.length > 0 ? 0.25 : 0.5) * one.weight) / disliked,
    ),
    ...background.map(() => rest / background.length),
  ])
}

function addedBy(space: Space, judged: readonly JudgedPaper[], shares: Float64Array, bias: number): Learnt {
  const { pool, background } = space
  const scaled = (paper: Placed, share: number) =>
    space
      .rowOf(paper)
      .subarray(0, pool.length)
      .map((one) => one * share)
  const rest = new Float32Array(pool.length).fill(bias)
  for (const [b, paper] of background.entries()) {
    const [row, share] = [space.rowOf(paper), shares[judged.length + b]!]
    for (let p = 0; p < pool.length; p += 1) rest[p]! += share * row[p]!
  }
  return { rows: judged.map(({ paper }, i) => scaled(paper, shares[i]!)), rest }
}
