/** What a paper is: as a source gives it, and as it is kept. */
import type { Day } from '../clock.js'
import type { PaperHtml } from './html/paper-html.js'
import type { PaperPicture } from './pictures/picture.js'

/** A paper as every source gives it, checked and normalised. */
export type Paper = {
  /** arXiv id without version, such as `2608.10000` or `math/0309136`; see `arxiv-id.ts` for others. */
  id: string
  title: string
  abstract: string
  /** A short summary of a sentence or two, where the source has one. */
  summary: string | null
  authors: string[]
  /** At least the number of names in `authors`; a source may know how many there are and not who. */
  authorCount: number
  organisation: string | null
  /** Handle of who listed it. */
  submitter: string | null
  keywords: string[]
  /** Only https. */
  codeUrl: string | null
  projectUrl: string | null
  publishedAt: Date | null
  /** When it was put on the day's list; midnight where the source tells no more than the day. */
  listedAt: Date | null
  votes: number
  comments: number
  stars: number | null
  /** An author of it takes part in the discussion. */
  authorTalks: boolean
}

/** A paper at one look: a count the source did not tell is null, which is not a zero. */
export type FoundPaper = Omit<Paper, 'votes' | 'comments'> & {
  votes: number | null
  comments: number | null
  /** Where pictures of it may lie, the best first; see `pictures/`. */
  pictureUrls: string[]
}

/** Votes, comments and stars as seen at one time. */
export type Counts = { at: Date; votes: number; comments: number; stars: number | null }

/** A kept paper that may be chosen for an edition, with what was seen of it. */
export type Candidate = Paper & {
  /** Its authors took it back on arXiv. */
  withdrawn: boolean
  /** Null until its words are rendered. */
  html: PaperHtml | null
  picture: PaperPicture | null
  /** Days on whose list it stood, up to the day asked for, in order. */
  listedOn: Day[]
  /** The day on whose list it came only when that day's edition was made already; null for all others. */
  lateFor: Day | null
  /** What each look saw, in order of time; empty where nobody has looked yet. */
  snapshots: Counts[]
}
