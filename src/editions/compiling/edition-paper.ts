/** Turns a chosen paper into what an edition shows of it. */
import { utcDay } from '../../clock.js'
import type { Chosen } from '../../papers/ranking/ranking.js'
import { shortOf } from '../../papers/short/short.js'
import type { EditionKind, ShownPaper } from '../edition.js'

/** Nobody reads more names than this in a mail, and the lists have up to 664. */
const namedAuthors = 3

/**
 * What happened overnight is no news at the end of a week, so weekly editions go without notes.
 * @param pictures - whether the operator wants them.
 */
export function shownOf(
  kind: EditionKind,
  { paper, rank, note, returned }: Chosen,
  pictures: boolean,
): ShownPaper {
  return {
    id: paper.id,
    rank,
    title: paper.title,
    summary: shortOf(paper),
    ...(paper.html && { html: { title: paper.html.title, summary: paper.html.card } }),
    authors: paper.authors.slice(0, namedAuthors),
    authorCount: Math.max(paper.authorCount, paper.authors.length),
    organisation: paper.organisation,
    publishedOn: paper.publishedAt && utcDay(paper.publishedAt),
    votes: paper.votes,
    comments: paper.comments,
    stars: paper.stars,
    codeUrl: paper.codeUrl,
    projectUrl: paper.projectUrl,
    note: kind === 'daily' ? note : null,
    ...(returned && { returned }),
    ...(pictures && paper.picture && { picture: paper.picture }),
  }
}
