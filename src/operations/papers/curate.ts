/** What an editor wants of the papers of a day: pin, hide, order; each with its row in the audit log. */
import type { Day } from '../../clock.js'
import { inTransaction, type Query } from '../../db/client.js'
import { Problem } from '../../errors.js'
import { curate, readCuration, uncurate } from '../../papers/ranking/curation.js'
import type { CurationEntry } from '../../papers/ranking/ranking.js'
import type { Services } from '../../services.js'
import { type Author, writeAudit } from '../audit.js'

type StepServices = Pick<Services, 'db' | 'clock'>

type Word = Pick<CurationEntry, 'action' | 'position'>

/** Pins a paper to a place of the day's edition, hides it, or lets it in again. */
export function curatePaper(
  services: StepServices,
  day: Day,
  paperId: string,
  word: Word,
  author: Author,
): Promise<CurationEntry[]> {
  return curating(services, day, `paper.${word.action}`, author, (query) =>
    curate(query, day, { paperId, ...word, reason: author.why, by: author.who }),
  )
}

/** Takes back what was said of a paper on that day. */
export function uncuratePaper(
  services: StepServices,
  day: Day,
  paperId: string,
  author: Author,
): Promise<CurationEntry[]> {
  return curating(services, day, 'paper.unpinned', author, async (query) => {
    if (!(await uncurate(query, day, paperId))) {
      throw new Problem('not-found', `Nothing was said of ${paperId} on ${day}.`)
    }
  })
}

/** Pins these papers to the first places in this order; other pins of the day are taken back. */
export function orderPapers(
  services: StepServices,
  day: Day,
  ids: string[],
  author: Author,
): Promise<CurationEntry[]> {
  return curating(services, day, 'paper.ordered', author, async (query) => {
    const pinned = (await readCuration(query, day)).filter(({ action }) => action === 'pin')
    for (const { paperId } of pinned) await uncurate(query, day, paperId)
    for (const [i, paperId] of ids.entries()) {
      const word = { action: 'pin', position: i + 1, reason: author.why, by: author.who } as const
      await curate(query, day, { paperId, ...word })
    }
  })
}

function curating(
  services: StepServices,
  day: Day,
  action: string,
  author: Author,
  work: (query: Query) => Promise<void>,
): Promise<CurationEntry[]> {
  return inTransaction(services.db, async (query, tx) => {
    const before = await readCuration(query, day)
    await work(query)
    const after = await readCuration(query, day)
    const change = { action, target: `day:${day}`, before: { words: before }, after: { words: after } }
    await writeAudit(tx, services.clock, author, change)
    return after
  })
}
