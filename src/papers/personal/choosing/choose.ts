/** Chooses and orders the papers of one reader's edition: pure, explained, the same for the same input. */
import type { Chosen } from './causes.js'
import type { Pool } from './pool.js'
import type { Space } from './space.js'
import { type ReaderTaste, weigh, type Weighed } from './weigh.js'

/** Of papers that are not what the reader follows or likes, but that everybody else talks about. */
const surprises = 2
/** No more papers of one topic. */
const mostOfTopic = 3

export type ChooseOptions = {
  /** Papers at most. */
  size: number
  /** Indices of the papers that the reader had before. */
  had: ReadonlySet<number>
}

/** Muted papers never come; those of followed authors always do, as far as there is room. */
export function chooseFor(
  space: Space,
  pool: Pool,
  reader: ReaderTaste,
  { size, had }: ChooseOptions,
): Chosen[] {
  const muted = mutedBy(pool, reader.wishes)
  const weighed = weigh(space, pool, reader)
  const byScore = [...pool.papers.keys()]
    .filter((p) => !muted.has(p) && mayCome(pool, had, p))
    .sort((a, b) => weighed.score[b]! - weighed.score[a]! || a - b)
  const sure = new Set(
    reader.wishes
      .filter(({ kind, muted }) => kind === 'author' && !muted)
      .flatMap((wish) => pool.about(wish)),
  )
  const taken = byScore.filter((p) => sure.has(p)).slice(0, size)
  const kept = weighed.known ? Math.min(surprises, Math.max(0, size - taken.length)) : 0
  takeVaried(pool, byScore, taken, size - kept)
  const chosen = taken
    .sort((a, b) => weighed.score[b]! - weighed.score[a]! || a - b)
    .map((p) => causeOf(weighed, p))
  const unlike = surprisesIn(pool, weighed, byScore, taken, kept)
  return [...chosen, ...unlike.map((index): Chosen => ({ index, cause: 'surprise', n: 0 }))]
}

/**
 * What everybody gets, for a reader who is not to have a choice of their own: what they mute or had never comes.
 * @param common - indices of the papers, in their order.
 * @returns null where all of it may come.
 */
export function keepCommon(
  pool: Pool,
  { wishes }: Pick<ReaderTaste, 'wishes'>,
  { common, had }: { common: readonly number[]; had: ReadonlySet<number> },
): Chosen[] | null {
  const muted = mutedBy(pool, wishes)
  const left = common.filter((p) => !muted.has(p) && mayCome(pool, had, p))
  return left.length === common.length ? null : left.map((index) => ({ index, cause: 'community', n: 0 }))
}

const mutedBy = (pool: Pool, wishes: ReaderTaste['wishes']): Set<number> =>
  new Set(wishes.filter((wish) => wish.muted).flatMap((wish) => pool.about(wish)))

const mayCome = ({ papers }: Pool, had: ReadonlySet<number>, p: number): boolean =>
  !had.has(p) || papers[p]!.returned

/** Fills up in the order given; where variety leaves places empty, it gives way. */
function takeVaried(pool: Pool, byScore: readonly number[], taken: number[], size: number): void {
  for (const strict of [true, false]) {
    for (const p of byScore) {
      if (taken.length >= size) return
      if (taken.includes(p)) continue
      const alike = taken.filter((other) => pool.isOneTopic(p, other)).length
      if (!strict || alike < mostOfTopic) taken.push(p)
    }
  }
}

/** The most talked-about of those that are least the reader's own. */
function surprisesIn(
  pool: Pool,
  { own }: Weighed,
  byScore: readonly number[],
  taken: readonly number[],
  count: number,
): number[] {
  const left = byScore.filter((p) => !taken.includes(p))
  const least = left
    .toSorted((a, b) => own[a]! - own[b]! || a - b)
    .slice(0, Math.max(count, Math.ceil(left.length / 2)))
    .sort((a, b) => pool.community[b]! - pool.community[a]! || a - b)
  const all = [...taken]
  takeVaried(pool, least, all, taken.length + count)
  return all.slice(taken.length)
}

/**
 * The largest of what really speaks for it. Judged papers speak together, as taste, and the one among them that adds
 * most is named.
 */
function causeOf({ reasons }: Weighed, index: number): Chosen {
  const judged = reasons.filter(({ cause }) => cause === 'liked' || cause === 'example')
  const taste = judged.reduce((sum, { adds }) => sum + adds[index]!, 0)
  const others = reasons.filter((reason) => !judged.includes(reason))
  const [first, nearest] = [largest(others, index), largest(judged, index)]
  const named = nearest && nearest.adds[index]! > 0 && taste > (first?.adds[index] ?? 0) ? nearest : first
  return { index, cause: named?.cause ?? 'community', n: named?.n ?? 0 }
}

/** The first of those that add most to the score of a paper. */
const largest = (reasons: Weighed['reasons'], index: number) =>
  reasons.reduce<Weighed['reasons'][number] | undefined>(
    (most, reason) => (most && most.adds[index]! >= reason.adds[index]! ? most : reason),
    undefined,
  )
