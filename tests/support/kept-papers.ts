/** Puts papers on the list of a day, as a look at a source would. */
import type { Day } from '../../src/clock.js'
import type { Db } from '../../src/db/client.js'
import { silentLog } from '../../src/log.js'
import { ingestDay } from '../../src/papers/ingest.js'
import type { FoundPaper } from '../../src/papers/paper.js'

/** A paper as found, with what the test cares about. */
export function foundPaper(given: Partial<FoundPaper> & { id: string }): FoundPaper {
  return {
    title: `Paper ${given.id}`,
    abstract: 'What it is about.',
    summary: null,
    authors: ['Ada Lovelace', 'Alan Turing'],
    authorCount: 2,
    organisation: null,
    submitter: null,
    keywords: [],
    codeUrl: null,
    projectUrl: null,
    publishedAt: new Date('2026-07-30T00:00:00Z'),
    listedAt: null,
    votes: 1,
    comments: 0,
    stars: null,
    authorTalks: false,
    pictureUrls: [],
    ...given,
  }
}

export async function keepPapers(db: Db, day: Day, papers: FoundPaper[]): Promise<void> {
  const clock = { now: () => new Date(`${day}T20:00:00Z`) }
  const source = { name: 'test', day: async () => ({ papers, skipped: [] }) }
  await ingestDay({ db, clock, log: silentLog }, source, day)
}
