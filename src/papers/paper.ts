/** A paper as every source gives it, checked and normalised. */
export type Paper = {
  /** arXiv id without version, such as `2608.10000` or `math/0309136`. */
  id: string
  title: string
  abstract: string
  /** A short summary of a sentence or two, where the source has one. */
  summary: string | null
  authors: string[]
  organisation: string | null
  /** Handle of who listed it. */
  submitter: string | null
  keywords: string[]
  /** Only https. */
  codeUrl: string | null
  projectUrl: string | null
  publishedAt: Date | null
  /** When it was put on the day's list. */
  listedAt: Date | null
  votes: number
  comments: number
  stars: number | null
}
