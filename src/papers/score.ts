/** The score of one paper: a pure formula over what was seen of it. */
import type { Candidate } from './paper.js'
import type { Reasons } from './ranking.js'

/** Weights of the formula; they come from the backtest, see the map. */
export const weights = {
  /** Hours added to the age, so that an hour-old paper with two votes does not lead. */
  ageHours: 24,
}

const hourMs = 3_600_000

/** The score and the numbers it was made of, at an instant. */
export function scoreOf(paper: Candidate, at: Date): Reasons {
  const hoursListed = hoursSinceListing(paper, at)
  return {
    score: paper.votes / (hoursListed + weights.ageHours),
    votes: paper.votes,
    gained: gainedSince(paper),
    talk: Math.max(0, paper.comments - 1),
    stars: paper.stars,
    hoursListed: Math.round(hoursListed * 10) / 10,
    daysListed: paper.listedOn.length,
  }
}

function hoursSinceListing(paper: Candidate, at: Date): number {
  const day = paper.listedOn[0]
  const since = paper.listedAt ?? (day ? new Date(`${day}T00:00:00Z`) : at)
  return Math.max(0, (at.getTime() - since.getTime()) / hourMs)
}

/** Votes between the first look and now; with one look there is nothing to compare. */
function gainedSince(paper: Candidate): number | null {
  const first = paper.snapshots[0]
  return first && paper.snapshots.length > 1 ? paper.votes - first.votes : null
}
