/** What speaks for each paper of a pool, for one reader, and how much each cause adds. */
import type { Cause } from './causes.js'
import { type JudgedPaper, learn } from './learn.js'
import type { Pool, Wish } from './pool.js'
import type { Space } from './space.js'

/** What a reader follows or mutes. `n` is its number among their own. */
type ReaderWish = Wish & { n: number; muted: boolean }

/** What they liked, disliked, or gave as an example. */
export type ReaderJudged = JudgedPaper & { n: number; cause: 'liked' | 'example' }

export type ReaderTaste = { wishes: readonly ReaderWish[]; judged: readonly ReaderJudged[] }

/** Something that speaks for papers; `adds` has a mean of 0, so that taking it away lowers what it speaks for. */
type Reason = { cause: Cause; n: number; adds: Float64Array }

export type Weighed = {
  score: Float64Array
  reasons: Reason[]
  /** How much of the score is the reader's own, without the community's part. */
  own: Float64Array
  /** Whether anything is known of the reader's taste or wishes that bears on this pool. */
  known: boolean
}

const weights = { taste: 5, nearest: 1.5, community: 0.5 }
/** What the community's part weighs more while nothing is known of the reader. */
const communityAtFirst = 0.7
/** So many judged papers, and taste weighs half of what it may. */
const halfTrusted = 4
const wishes: Record<string, number> = {
  organisation: 1.5,
  keyword: 1.5,
  words: 1.5,
  category: 0.8,
  author: 3,
}

export function weigh(space: Space, pool: Pool, { wishes: wished, judged }: ReaderTaste): Weighed {
  const size = pool.papers.length
  const evidence = judged.reduce((sum, { weight }) => sum + weight, 0)
  const trust = evidence / (evidence + halfTrusted)
  const own = new Float64Array(size)
  const reasons: Reason[] = []
  const add = (cause: Cause, n: number, adds: Float64Array) => {
    for (let p = 0; p < size; p += 1) own[p]! += adds[p]!
    reasons.push({ cause, n, adds })
  }
  for (const wish of wished) {
    if (wish.muted) continue
    const about = pool.about(wish)
    const amount = wishes[wish.kind]
    if (about.length === 0 || amount === undefined) continue
    const adds = new Float64Array(size)
    for (const p of about) adds[p] = amount
    add(wish.kind as Cause, wish.n, centred(adds))
  }
  if (judged.some(({ liked }) => liked)) {
    const { rows, rest } = learn(space, judged)
    const nearest = nearestOf(space, judged, size)
    for (const [i, { liked, cause, n }] of judged.entries()) {
      const adds = Float64Array.from(rows[i]!, (one) => trust * weights.taste * one)
      for (let p = 0; p < size; p += 1) {
        if (nearest.which[p] === i) adds[p]! += trust * weights.nearest * nearest.likeness[p]!
      }
      if (liked) add(cause, n, centred(adds))
      else for (const [p, one] of centred(adds).entries()) own[p]! += one
    }
    for (const [p, one] of centred(Float64Array.from(rest)).entries()) own[p]! += trust * weights.taste * one
  }
  const share = weights.community + communityAtFirst * (1 - trust)
  const adds = pool.community.map((one) => share * one)
  reasons.push({ cause: 'community', n: 0, adds })
  const known = reasons.length > 1
  return { score: own.map((one, p) => one + adds[p]!), reasons, own, known }
}

function nearestOf(space: Space, judged: readonly JudgedPaper[], size: number) {
  const which = new Int32Array(size).fill(-1)
  const likeness = new Float32Array(size)
  for (const [i, { paper, liked }] of judged.entries()) {
    if (!liked) continue
    const row = space.rowOf(paper)
    for (let p = 0; p < size; p += 1) {
      if (row[p]! <= likeness[p]!) continue
      likeness[p] = row[p]!
      which[p] = i
    }
  }
  return { which, likeness }
}

function centred(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / (values.length || 1)
  return values.map((value) => value - mean)
}
