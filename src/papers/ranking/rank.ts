/** Chooses and orders the papers of an edition: pure, explained, the same for the same input. */
import type { Meanings } from '../meaning/meanings.js'
import { likeness } from './likeness.js'
import { noteOf } from './note.js'
import type { Candidate } from '../paper.js'
import type { Bounds, Chosen, CurationEntry, LeftOut, Ranking, Refusal, Scored } from './ranking.js'
import { refusalAtOnce, refusalByRules } from './refusal.js'
import { scoreOf, shippedWeights } from './score.js'

export type RankOptions = {
  /** Papers at most: `EDITION_SIZE`. */
  size: number
  /** When the choice is made. */
  at: Date
  /** Ids that an earlier edition of this kind had. */
  had?: ReadonlySet<string>
  /** What they mean, as far as a model has said: near-duplicates in other words are found by it. */
  meanings?: Meanings
  /** Ids that came onto the list when the edition was made already. */
  missed?: ReadonlySet<string>
  curation?: readonly CurationEntry[]
  /** True for papers of several days that were each watched for equally long: their age decides nothing. */
  settled?: boolean
  bounds?: Partial<Omit<Bounds, 'size'>>
}

const usualBounds = { floor: 3, mostAlike: 2 }

/** @returns every candidate, either chosen or left out, each with its reasons. */
export function rank(candidates: readonly Candidate[], options: RankOptions): Ranking {
  const bounds: Bounds = { ...usualBounds, ...options.bounds, size: options.size }
  const { had = new Set<string>(), missed = new Set<string>() } = options
  const scored = candidates
    .map((paper) => score(paper, options))
    .sort((a, b) => b.reasons.score - a.reasons.score || compareTies(a.paper, b.paper))
  const refusals = new Map<Scored, Refusal>()
  for (const one of scored) {
    const refusal = refusalAtOnce(one, { had, missed })
    if (refusal) refusals.set(one, refusal)
  }
  const open = scored.filter((one) => !refusals.has(one))
  const { taken, floor, refused } = takeAboveFloor(open, bounds, likeness(options.meanings))
  for (const [one, refusal] of refused) refusals.set(one, refusal)
  return {
    chosen: inOrder(taken).map((one, i) => chosenAt(one, i + 1, had)),
    leftOut: scored.flatMap((one) => leftOutOf(one, refusals.get(one))),
    weights: { ...shippedWeights, ...bounds, floor },
  }
}

function score(paper: Candidate, { at, curation = [], settled = false }: RankOptions): Scored {
  const words = curation.filter((entry) => entry.paperId === paper.id)
  const reason = words.find((entry) => entry.reason)?.reason
  return { paper, reasons: { ...scoreOf(paper, at, settled), ...(reason ? { editor: reason } : {}) }, words }
}

type IsAlike = ReturnType<typeof likeness>

type Taken = { taken: Scored[]; floor: number; refused: Map<Scored, Refusal> }

/** Lowers the floor vote by vote while the edition has room: better short of votes than of papers. */
function takeAboveFloor(open: readonly Scored[], bounds: Bounds, isAlike: IsAlike): Taken {
  for (let floor = bounds.floor; ; floor -= 1) {
    const result = take(open, { ...bounds, floor }, isAlike)
    const keptByFloor = [...result.refused.values()].some((refusal) => refusal.why === 'below-floor')
    if (floor <= 0 || !keptByFloor || result.taken.length >= bounds.size) return result
  }
}

function take(open: readonly Scored[], bounds: Bounds, isAlike: IsAlike): Taken {
  const all = open.map((one) => one.paper)
  const taken = pinned(open).slice(0, bounds.size)
  const refused = new Map<Scored, Refusal>()
  for (const one of open) {
    if (taken.includes(one)) continue
    const refusal = refusalByRules(one.paper, {
      taken: taken.map(({ paper }) => paper),
      all,
      bounds,
      isAlike,
    })
    if (refusal) refused.set(one, refusal)
    else taken.push(one)
  }
  return { taken, floor: bounds.floor, refused }
}

/** By score, with each pinned paper at its place, or at the end where there are fewer. */
function inOrder(taken: readonly Scored[]): Scored[] {
  const ordered = taken.filter((one) => pinOf(one) === null)
  for (const one of pinned(taken)) ordered.splice((pinOf(one) ?? 1) - 1, 0, one)
  return ordered
}

function pinned(all: readonly Scored[]): Scored[] {
  const place = (one: Scored) => pinOf(one) ?? 0
  return all.filter((one) => pinOf(one) !== null).sort((a, b) => place(a) - place(b))
}

function chosenAt(one: Scored, rank: number, had: ReadonlySet<string>): Chosen {
  const { paper, reasons } = one
  const returned = had.has(paper.id)
  const pinned = one.words.some(({ action, ordered }) => action === 'pin' && !ordered)
  const note = noteOf(paper, reasons, { pinned, returned })
  return { paper, rank, reasons, note, returned }
}

function leftOutOf({ paper, reasons }: Scored, refusal: Refusal | undefined): LeftOut[] {
  return refusal ? [{ paper, reasons, ...refusal }] : []
}

function pinOf(one: Scored): number | null {
  return one.words.find((entry) => entry.action === 'pin')?.position ?? null
}

/** Votes, comments, who was listed earlier, id: never the order in which the database answered. */
function compareTies(a: Candidate, b: Candidate): number {
  return (
    b.votes - a.votes ||
    b.comments - a.comments ||
    (a.listedAt?.getTime() ?? Infinity) - (b.listedAt?.getTime() ?? Infinity) ||
    (a.id < b.id ? -1 : Number(a.id > b.id))
  )
}
