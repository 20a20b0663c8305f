/** The subject and the preheader of an edition. */
import type { Day } from '../../clock.js'
import { cutAtWord } from '../../format/truncate.js'
import { counted, longDay } from '../../format/readable.js'
import type { EditionKind, ShownPaper } from '../edition.js'
import { openingOf } from './opening.js'
import { longWeek } from '../choosing/period.js'
import { plainLine } from './plain-line.js'

/** A phone shows some 40 characters of a subject, a desktop some 70. */
const titleWidth = 60

/** `TITLE OF THE FIRST and 9 more`: mail programs show the date themselves; of a week it says so. */
export function subjectOf(kind: EditionKind, day: Day, papers: ShownPaper[]): string {
  const first = papers[0] && cutAtWord(plainLine(papers[0].title), titleWidth)
  if (!first) return kind === 'daily' ? `Daily papers of ${longDay(day)}` : `Best papers of ${longWeek(day)}`
  const more = papers.length > 1 ? `${first} and ${papers.length - 1} more` : first
  return kind === 'daily' ? more : `${more}: the best of ${longWeek(day)}`
}

/** What an inbox shows beside the subject: what is in it, and the titles that follow the first. */
export function preheaderOf(papers: ShownPaper[]): string {
  const others = papers.slice(1, 4).map((paper) => cutAtWord(plainLine(paper.title), 60))
  const also = others.length > 0 ? `Also: ${others.join(' · ')}` : ''
  const whole = [openingOf(papers), also].filter(Boolean).join(' ')
  return whole || (papers[0] ? counted(papers[0].votes, 'upvote') : '')
}
