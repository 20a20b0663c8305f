/** Chooses and orders the papers of an edition: pure, explained, the same for the same input. */
import type { Candidate } from './paper.js'
import type { Bounds, Chosen, CurationEntry, LeftOut, LeftOutWhy, Ranking, Reasons } from './ranking.js'
import { scoreOf, weights } from './score.js'

export type RankOptions = {
  /** Papers at most: `EDITION_SIZE`. */
  size: number
  /** When the choice is made. */
  at: Date
  /** Ids that an earlier edition of this kind had. */
  had?: ReadonlySet<string>
  curation?: readonly CurationEntry[]
  bounds?: Partial<Omit<Bounds, 'size'>>
}

type Scored = { paper: Candidate; reasons: Reasons }
type Refusal = { why: LeftOutWhy; detail: string }

/** @returns every candidate, either chosen or left out, each with its reasons. */
export function rank(candidates: readonly Candidate[], options: RankOptions): Ranking {
  const bounds: Bounds = { floor: 0, enough: 5, mostAlike: 2, ...options.bounds, size: options.size }
  const scored = candidates
    .map((paper) => ({ paper, reasons: scoreOf(paper, options.at) }))
    .sort((a, b) => b.reasons.score - a.reasons.score || compareTies(a.paper, b.paper))
  const had = options.had ?? new Set()
  const taken: Scored[] = []
  const leftOut: LeftOut[] = []
  for (const candidate of scored) {
    const refusal = refusalOf(candidate, taken, had, bounds)
    if (refusal) leftOut.push({ ...candidate, ...refusal })
    else taken.push(candidate)
  }
  const chosen = taken.map<Chosen>((one, i) => ({ ...one, rank: i + 1, note: null, returned: false }))
  return { chosen, leftOut, weights: { ...weights, ...bounds } }
}

function refusalOf(
  candidate: Scored,
  taken: readonly Scored[],
  had: ReadonlySet<string>,
  bounds: Bounds,
): Refusal | null {
  const { paper } = candidate
  if (had.has(paper.id)) return { why: 'had', detail: 'an earlier edition had it' }
  if (taken.length >= bounds.size) return { why: 'no-room', detail: `${bounds.size} papers scored higher` }
  return null
}

/** Votes, comments, who was listed earlier, id: never the order in which the database answered. */
export function compareTies(a: Candidate, b: Candidate): number {
  return (
    b.votes - a.votes ||
    b.comments - a.comments ||
    (a.listedAt?.getTime() ?? Infinity) - (b.listedAt?.getTime() ?? Infinity) ||
    (a.id < b.id ? -1 : Number(a.id > b.id))
  )
}
