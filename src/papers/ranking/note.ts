/** Why a paper was chosen, in a few words for readers. */
import type { Day } from '../../clock.js'
import { longDay } from '../../format/readable.js'
import type { Candidate } from '../paper.js'
import type { Reasons } from './ranking.js'
import { gainOf } from './score.js'

const ordinals = ['', '', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh']
const mostPhrases = 3

/** At most three phrases, the most telling first, such as `+38 overnight, code released`; null for none. */
export function noteOf(
  paper: Candidate,
  reasons: Reasons,
  given: { pinned: boolean; returned: boolean },
): string | null {
  const phrases = [
    given.returned ? 'back on the list' : null,
    given.pinned ? "editor's choice" : null,
    paper.lateFor ? `listed late for ${dayAndMonth(paper.lateFor)}` : null,
    gainPhrase(paper),
    daysPhrase(reasons.daysListed),
    answersPhrase(paper),
    reasons.talk >= 5 ? `${reasons.talk} comments` : null,
    paper.codeUrl ? 'code released' : null,
  ].filter((phrase) => phrase !== null)
  return phrases.length > 0 ? phrases.slice(0, mostPhrases).join(', ') : null
}

/** A look that is older tells nothing of how a paper fares now. */
const freshMs = 36 * 3_600_000

type Momentum = Pick<Candidate, 'votes' | 'snapshots' | 'listedOn' | 'authorTalks' | 'comments'>

/**
 * How a paper fares now, for the list of a day: `+38 overnight, third day on the list`; empty for nothing
 * worth saying. `listedOn` ends with that day.
 */
export function momentumOf(paper: Momentum, now: Date): string {
  const seen = paper.snapshots.at(-1)?.at.getTime() ?? 0
  const gain = now.getTime() - seen < freshMs ? gainPhrase(paper) : null
  return [gain, daysPhrase(paper.listedOn.length), answersPhrase(paper)]
    .filter((phrase) => phrase !== null)
    .join(', ')
}

/** Worth saying when it is some votes and a good part of them all. */
function gainPhrase(paper: Pick<Candidate, 'votes' | 'snapshots'>): string | null {
  const gain = gainOf(paper)
  if (!gain || gain.votes < 5 || gain.votes * 5 < paper.votes) return null
  return `+${gain.votes} ${gain.hours <= 20 ? 'overnight' : 'since the day before'}`
}

/** Whoever lists a paper comments on it first: with fewer comments nobody asked anything. */
const fewestForAnswers = 3

function answersPhrase({
  authorTalks,
  comments,
}: Pick<Candidate, 'authorTalks' | 'comments'>): string | null {
  return authorTalks && comments >= fewestForAnswers ? 'the author answers questions' : null
}

function dayAndMonth(day: Day): string {
  return longDay(day).replace(/ \d{4}$/, '')
}

function daysPhrase(days: number): string | null {
  if (days < 2) return null
  return `${ordinals[days] ?? `${days}th`} day on the list`
}
