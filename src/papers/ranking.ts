/** What a ranking is made from and what comes out of it. */
import type { Candidate } from './paper.js'

/** An editor's word on one paper of a day. */
export type CurationEntry = {
  paperId: string
  /** `pin` to a place, `hide`, or `return`: let in although an earlier edition had it. */
  action: 'pin' | 'hide' | 'return'
  /** From 1, for a pin; null otherwise. */
  position: number | null
  reason: string | null
  by: string
}

/** Everything that bounds a choice; kept with the edition. */
export type Bounds = {
  /** Papers at most. */
  size: number
  /** Fewer votes than this are left out, as long as at least `enough` papers have them. */
  floor: number
  enough: number
  /** At most so many papers of one organisation, and listed by one submitter. */
  mostAlike: number
}

/** Numbers behind a paper's place, for operators. */
export type Reasons = {
  score: number
  votes: number
  /** Votes that are told from the last look before the night, null where there was one look only. */
  gained: number | null
  /** Comments besides the submitter's own. */
  talk: number
  stars: number | null
  hoursListed: number
  daysListed: number
  /** The editor's reason for a pin or a return. */
  editor?: string
}

export type Chosen = {
  paper: Candidate
  /** From 1. */
  rank: number
  reasons: Reasons
  /** Why it was chosen, in a few words for readers: `+38 votes overnight`. */
  note: string | null
  /** True where an earlier edition had it and an editor let it in again. */
  returned: boolean
}

export type LeftOutWhy =
  | 'hidden'
  | 'had'
  | 'below-floor'
  | 'same-organisation'
  | 'same-submitter'
  | 'near-duplicate'
  | 'no-room'

export type LeftOut = {
  paper: Candidate
  reasons: Reasons
  why: LeftOutWhy
  /** The numbers or the paper that decided, in a few words for operators. */
  detail: string
}

export type Ranking = {
  chosen: Chosen[]
  /** In the order of their scores. */
  leftOut: LeftOut[]
  weights: Record<string, number>
}
