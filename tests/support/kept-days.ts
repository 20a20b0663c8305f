/** Papers put on the lists of days, as a look at the source would leave them. */
import type { Day } from '../../src/clock.js'
import type { Db } from '../../src/db/client.js'
import type { FoundPaper } from '../../src/papers/paper.js'
import { storePapers } from '../../src/papers/store.js'
import { storeLook } from '../../src/papers/store-look.js'

export function foundPaper(id: string, changes: Partial<FoundPaper> = {}): FoundPaper {
  return {
    id,
    title: `Paper ${id}`,
    abstract: `What ${id} is about. It goes on.`,
    summary: null,
    authors: [`Author of ${id}`],
    authorCount: 1,
    organisation: null,
    submitter: null,
    keywords: [],
    codeUrl: null,
    projectUrl: null,
    publishedAt: null,
    listedAt: null,
    votes: 10,
    comments: 1,
    stars: null,
    authorTalks: false,
    pictureUrls: [],
    ...changes,
  }
}

/** So many papers of a day, the first with most votes; ids count up from `from`. */
export function manyPapers(count: number, from = 10_000): FoundPaper[] {
  return Array.from({ length: count }, (_, at) => foundPaper(`2607.${from + at}`, { votes: 100 - at }))
}

/** A look the morning after the day, with these papers; none of them is an empty day. */
export async function keepDay(db: Db, day: Day, papers: FoundPaper[]): Promise<void> {
  const at = new Date(Date.parse(`${day}T00:00:00Z`) + 26 * 3_600_000)
  await db.transaction('job', async (tx) => {
    await storePapers(tx, papers, day, at)
    await storeLook(tx, {
      source: 'hub',
      day,
      at,
      outcome: papers.length > 0 ? 'ok' : 'empty',
      papers: papers.length,
      skipped: 0,
      fault: null,
    })
  })
}

/** A look at the day that ended with a fault. */
export async function failDay(db: Db, day: Day, fault = 'broken: status 503'): Promise<void> {
  const at = new Date(Date.parse(`${day}T00:00:00Z`) + 25 * 3_600_000)
  await db.transaction('job', (tx) =>
    storeLook(tx, { source: 'hub', day, at, outcome: 'failed', papers: 0, skipped: 0, fault }),
  )
}
