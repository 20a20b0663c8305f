/** The bundled sample papers as a source, so that the demo needs no network and takes the ordinary way in. */
import { addDays, type Clock, type Day, lastClosedDay } from '../../clock.js'
import type { FoundPaper } from '../../papers/paper.js'
import type { Source } from '../../papers/source.js'
import { papersOf20260806 } from './papers-2026-08-06.js'
import { papersOf20260807 } from './papers-2026-08-07.js'
import type { SamplePaper } from './sample-paper.js'

/** The last of the days there are samples of. */
const lastRecorded = '2026-08-07'

const recorded: Record<Day, SamplePaper[]> = {
  '2026-08-06': papersOf20260806,
  [lastRecorded]: papersOf20260807,
}

export type Sample = { source: Source /** In order. */; days: Day[] }

/**
 * The recorded days, as a source that has nothing on any other day. Where the clock says that they are still
 * to come, they are moved back to the last days that have closed, since no edition is built before its time.
 */
export function openSample(clock: Clock): Sample {
  const shift = Math.min(0, daysBetween(lastRecorded, lastClosedDay(clock.now())))
  const papers = new Map(Object.entries(recorded).map(([day, list]) => [addDays(day, shift), list]))
  const day = async (asked: Day) => ({
    papers: (papers.get(asked) ?? []).map((paper) => found(paper, asked)),
    skipped: [],
  })
  return { source: { name: 'sample', day }, days: [...papers.keys()].sort() }
}

const daysBetween = (from: Day, to: Day): number => (Date.parse(to) - Date.parse(from)) / 86_400_000

function found({ authors, publishedOn, ...paper }: SamplePaper, day: Day): FoundPaper {
  const names = authors.split(', ')
  return {
    ...paper,
    authors: names,
    authorCount: names.length,
    submitter: null,
    keywords: [],
    publishedAt: new Date(`${publishedOn}T00:00:00Z`),
    listedAt: new Date(`${day}T00:00:00Z`),
    authorTalks: false,
    pictureUrls: [],
  }
}
