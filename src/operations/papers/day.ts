/** The papers of a day as an editor sees them: where each would stand, and why. */
import type { Day } from '../../clock.js'
import type { Queries } from '../../db/client.js'
import { fieldOf, missedBy } from '../../editions/choosing/candidates.js'
import { readCuration } from '../../papers/ranking/curation.js'
import { rank } from '../../papers/ranking/rank.js'
import type { CurationEntry, Reasons } from '../../papers/ranking/ranking.js'
import type { Services } from '../../services.js'

export type DayPaper = {
  id: string
  title: string
  authors: string[]
  organisation: string | null
  votes: number
  comments: number
  stars: number | null
  /** Its place in the edition if that were built now; null when left out. */
  rank: number | null
  /** Why it is left out, by a stable word and in a few. */
  why: string | null
  detail: string | null
  note: string | null
  reasons: Reasons
  curation: CurationEntry[]
}

/** Chosen ones in their order, then the others by score. */
export async function papersOfDayRanked(
  db: Queries,
  { clock, config }: Pick<Services, 'clock' | 'config'>,
  day: Day,
): Promise<DayPaper[]> {
  const curation = await readCuration(db, day)
  const { candidates, had, meanings } = await fieldOf(db, { kind: 'daily', period: day, day })
  const { chosen, leftOut } = rank(candidates, {
    size: config.editionSize,
    at: clock.now(),
    had,
    meanings,
    missed: await missedBy(db, day),
    curation,
  })
  const words = (id: string) => curation.filter(({ paperId }) => paperId === id)
  return [
    ...chosen.map(({ paper, rank, note, reasons }) =>
      Object.assign(factsOf(paper), {
        rank,
        note,
        reasons,
        why: null,
        detail: null,
        curation: words(paper.id),
      }),
    ),
    ...leftOut.map(({ paper, why, detail, reasons }) =>
      Object.assign(factsOf(paper), {
        rank: null,
        note: null,
        reasons,
        why,
        detail,
        curation: words(paper.id),
      }),
    ),
  ]
}

const factsOf = ({ id, title, authors, organisation, votes, comments, stars }: Facts) => ({
  id,
  title,
  authors: authors.slice(0, 3),
  organisation,
  votes,
  comments,
  stars,
})

type Facts = Pick<DayPaper, 'id' | 'title' | 'authors' | 'organisation' | 'votes' | 'comments' | 'stars'>
