/** A day as it was seen when an edition would have been made, with the votes it ended with. */
import type { Day } from '../../clock.js'
import type { Seen } from '../ranking/features.js'

export type TrialPaper = Seen & {
  id: string
  seenAt: Date
  /** Votes in the end. */
  settled: number
}

export type Trial = { day: Day; papers: TrialPaper[] }

/** Days with fewer papers say nothing about a choice of ten. */
export const leastPapers = 8
