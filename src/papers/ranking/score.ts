/** The score of one paper with the shipped weights, and the numbers behind it. */
import { featuresOf, hoursListed, scoreWith, type Weights } from './features.js'
import type { Candidate, Counts } from '../paper.js'
import type { Reasons } from './ranking.js'

/**
 * Fitted by `daily-papers rank backtest` over all its days; src/README.md has the table of what each formula is
 * worth on days it was not fitted on. No recorded look has both stars and settled votes, hence the 0.
 */
export const shippedWeights: Weights = {
  votes: 0.864,
  hours: -0.507,
  talk: 0.122,
  authors: 0.072,
  lag: -0.078,
  stars: 0,
}

/** The score and what it was made of, at an instant; of settled papers all count as equally old. */
export function scoreOf(paper: Candidate, at: Date, settled = false): Reasons {
  const seen = { ...paper, listedAt: listedAtOf(paper) }
  const features = featuresOf(seen, at)
  return {
    score: round(scoreWith(shippedWeights, settled ? { ...features, hours: 0 } : features), 4),
    votes: paper.votes,
    gained: gainOf(paper)?.votes ?? null,
    talk: Math.max(0, paper.comments - 1),
    stars: paper.stars,
    hoursListed: round(hoursListed(seen, at), 1),
    daysListed: paper.listedOn.length,
    ...(paper.lateFor ? { lateFor: paper.lateFor } : {}),
  }
}

/** Where the source does not tell: a late paper when it was first seen, any other when its day began. */
function listedAtOf({ listedAt, lateFor, listedOn: [day], snapshots: [first] }: Candidate): Date | null {
  if (listedAt) return listedAt
  if (lateFor && first) return first.at
  return day ? new Date(`${day}T00:00:00Z`) : null
}

/** A look is compared with one at least so long before it. */
const leastHoursBetween = 6

/** Votes won since an earlier look, and how many hours that took; null where no two looks are far enough apart. */
export function gainOf({ snapshots }: Pick<Candidate, 'snapshots'>): { votes: number; hours: number } | null {
  const last = snapshots.at(-1)
  if (!last) return null
  const hoursSince = (seen: Counts) => (last.at.getTime() - seen.at.getTime()) / 3_600_000
  const earlier = snapshots.findLast((seen) => hoursSince(seen) >= leastHoursBetween)
  return earlier ? { votes: last.votes - earlier.votes, hours: hoursSince(earlier) } : null
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
