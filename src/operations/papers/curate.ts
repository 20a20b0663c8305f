/** What an editor wants of the papers of a day: pin, hide, order; each with its row in the audit log. */
import type { Day } from '../../clock.js'
import type { Tx } from '../../db/client.js'
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
  return curating(services, day, `paper.${word.action}`, author, (tx) =>
    curate(tx, day, { paperId, ...word, reason: author.why, by: author.who }),
  )
}

/** Takes back what was said of a paper on that day. */
export function uncuratePaper(
  services: StepServices,
  day: Day,
  paperId: string,
  author: Author,
): Promise<CurationEntry[]> {
  return curating(services, day, 'paper.unpinned', author, async (tx) => {
    if (!(await uncurate(tx, day, paperId))) {
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
  return curating(services, day, 'paper.ordered', author, async (tx) => {
    const pinned = (await readCuration(tx, day)).filter(({ action }) => action === 'pin')
    for (const { paperId } of pinned) await uncurate(tx, day, paperId)
    for (const [i, paperId] of ids.entries()) {
      const word = { action: 'pin', position: i + 1, reason: author.why, by: author.who } as const
      await curate(tx, day, { paperId, ...word })
    }
  })
}

function curating(
  services: StepServices,
  day: Day,
  action: string,
  author: Author,
  work: (tx: Tx) => Promise<void>,
): Promise<CurationEntry[]> {
  return services.db.transaction('request', async (tx) => {
    const before = await readCuration(tx, day)
    await work(tx)
    const after = await readCuration(tx, day)
    const change = { action, target: `day:${day}`, before: { words: before }, after: { words: after } }
    await writeAudit(tx, services.clock, author, change)
    return after
  })
}
