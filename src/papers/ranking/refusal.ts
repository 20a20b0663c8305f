/** Why a paper is not chosen: the editors' word first, then the rules of a fair choice. */
import type { Candidate } from '../paper.js'
import type { Bounds, Refusal, Scored } from './ranking.js'

/** Hidden by an editor, had by an earlier edition without being called back, or withdrawn: no pin helps. */
export function refusalAtOnce(
  { paper, words }: Scored,
  { had, missed }: { had: ReadonlySet<string>; missed: ReadonlySet<string> },
): Refusal | null {
  const hidden = words.find((entry) => entry.action === 'hide')
  if (hidden) return { why: 'hidden', detail: `hidden by ${hidden.by}` }
  if (had.has(paper.id) && !words.some((entry) => entry.action === 'return')) {
    return { why: 'had', detail: 'an earlier edition had it, and it is not flagged as a return' }
  }
  if (paper.withdrawn) return { why: 'withdrawn', detail: 'its authors withdrew it on arXiv' }
  if (missed.has(paper.id)) {
    return { why: 'late', detail: 'listed when the edition was made; a candidate of the next one' }
  }
  return null
}

type Situation = {
  /** Chosen so far, the better ones first. */
  taken: readonly Candidate[]
  all: readonly Candidate[]
  bounds: Bounds
  isAlike: (a: Candidate, b: Candidate) => boolean
}

export function refusalByRules(paper: Candidate, situation: Situation): Refusal | null {
  const { taken, bounds } = situation
  if (paper.votes < bounds.floor) {
    return { why: 'below-floor', detail: `${paper.votes} votes, below the floor of ${bounds.floor}` }
  }
  const double = taken.find((better) => situation.isAlike(paper, better))
  if (double) return { why: 'near-duplicate', detail: `nearly the same as ${double.id}` }
  const alike = sameOrganisation(paper, situation) ?? sameSubmitter(paper, situation)
  if (alike) return alike
  return taken.length >= bounds.size
    ? { why: 'no-room', detail: `the ${bounds.size} chosen scored higher or are pinned` }
    : null
}

function sameOrganisation(paper: Candidate, { taken, bounds }: Situation): Refusal | null {
  const key = (one: Candidate) => one.organisation?.toLowerCase()
  if (!paper.organisation) return null
  const others = taken.filter((one) => key(one) === key(paper)).length
  if (others < bounds.mostAlike) return null
  return { why: 'same-organisation', detail: `${others} of ${paper.organisation} are in already` }
}

function sameSubmitter(paper: Candidate, { taken, all, bounds }: Situation): Refusal | null {
  if (!paper.submitter) return null
  const by = (papers: readonly Candidate[]) =>
    papers.filter((one) => one.submitter === paper.submitter).length
  // Who listed more than half of a day is its curator and no lobby; without them there would be no day.
  if (by(taken) < bounds.mostAlike || by(all) * 2 > all.length) return null
  return { why: 'same-submitter', detail: `${by(taken)} listed by ${paper.submitter} are in already` }
}
