/** What is bundled of a sample paper. */
import type { Day } from '../../clock.js'

export type SamplePaper = {
  id: string
  title: string
  summary: string
  abstract: string
  /** Names, comma-separated. */
  authors: string
  organisation: string | null
  codeUrl: string | null
  projectUrl: string | null
  publishedOn: Day
  votes: number
  comments: number
  stars: number | null
}
