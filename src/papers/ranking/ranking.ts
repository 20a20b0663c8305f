/** What a ranking is made from and what comes out of it. */
import type { Day } from '../../clock.js'
import type { Candidate } from '../paper.js'

/** An editor's word on one paper of a day. */
export type CurationEntry = {
  paperId: string
  /** `pin` to a place, `hide`, or `return`: let in although an earlier edition had it. */
  action: 'pin' | 'hide' | 'return'
  /** From 1, for a pin; null otherwise. */
  position: number | null
  /** A pin that keeps an order and is no editor's choice: readers are told nothing of it. */
  ordered?: boolean
  reason: string | null
  by: string
}

/** Everything that bounds a choice; kept with the edition. */
export type Bounds = {
  /** Papers at most. */
  size: number
  /** Fewer votes than this are left out, unless the edition has room. */
  floor: number
  /** At most so many papers of one organisation, and listed by one submitter. */
  mostAlike: number
}

/** Numbers behind a paper's place, for operators. */
export type Reasons = {
  score: number
  votes: number
  /** Votes won since the look before the night, null where there was one look only. */
  gained: number | null
  /** Comments besides the submitter's own. */
  talk: number
  stars: number | null
  hoursListed: number
  daysListed: number
  /** The day whose edition was made before the paper came onto its list. */
  lateFor?: Day
  /** What the editor gave as reason for a pin, a return or a hide. */
  editor?: string
}

export type Chosen = {
  paper: Candidate
  /** From 1. */
  rank: number
  reasons: Reasons
  /** Why it was chosen, in a few words for readers: `+38 overnight`. */
  note: string | null
  /** True where an earlier edition had it and an editor let it in again. */
  returned: boolean
}

type LeftOutWhy =
  | 'hidden'
  | 'had'
  | 'withdrawn'
  | 'late'
  | 'below-floor'
  | 'same-organisation'
  | 'same-submitter'
  | 'near-duplicate'
  | 'no-room'

export type Refusal = {
  why: LeftOutWhy
  /** The numbers or the paper that decided, in a few words for operators. */
  detail: string
}

export type LeftOut = Refusal & { paper: Candidate; reasons: Reasons }

/** A candidate on its way: its numbers, and what editors said of it. */
export type Scored = { paper: Candidate; reasons: Reasons; words: readonly CurationEntry[] }

export type Ranking = {
  chosen: Chosen[]
  /** In the order of their scores. */
  leftOut: LeftOut[]
  weights: Record<string, number>
}
