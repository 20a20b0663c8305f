/** The subject and the preheader of an edition. */
import type { Day } from '../../clock.js'
import { cutAtWord } from '../../format/truncate.js'
import { counted, longDay } from '../../format/readable.js'
import type { EditionKind, ShownPaper } from '../edition.js'
import { longWeek } from '../choosing/period.js'
import { oneLine } from '../../format/text/one-line.js'

/** Longer titles are cut: an inbox shows some 60 to 90 characters of a subject. */
const titleWidth = 90

/** `Daily papers of 6 May 2026: TITLE OF THE FIRST and 9 more`. */
export function subjectOf(kind: EditionKind, day: Day, papers: ShownPaper[]): string {
  const name = kind === 'daily' ? `Daily papers of ${longDay(day)}` : `Best papers of ${longWeek(day)}`
  const first = papers[0] && cutAtWord(oneLine(papers[0].title), titleWidth)
  if (!first) return name
  return papers.length > 1 ? `${name}: ${first} and ${papers.length - 1} more` : `${name}: ${first}`
}

/** What an inbox shows beside the subject: the titles that follow the first. */
export function preheaderOf(papers: ShownPaper[]): string {
  const others = papers.slice(1, 4).map((paper) => cutAtWord(oneLine(paper.title), 60))
  if (others.length > 0) return `Also: ${others.join(' · ')}`
  return papers[0] ? counted(papers[0].votes, 'upvote') : ''
}
