/** What an editor wants of the papers of a day: pin, hide, order; each with its row in the audit log. */
import type { Day } from '../../clock.js'
import type { Tx } from '../../db/client.js'
import { dayValue } from '../../db/queries/tables.js'
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

/**
 * Keeps these papers at the first places in this order. Those that were pinned stay an editor's choice; pins of
 * other papers are taken back.
 */
export function orderPapers(
  services: StepServices,
  day: Day,
  ids: string[],
  author: Author,
): Promise<CurationEntry[]> {
  return curating(services, day, 'paper.ordered', author, async (tx) => {
    const before = await takeBackPlaces(tx, day)
    for (const [i, paperId] of ids.entries()) {
      const pin = before.find((entry) => entry.paperId === paperId && !entry.ordered)
      const { reason, by } = pin ?? { reason: author.why, by: author.who }
      const word = { action: 'pin', position: i + 1, ordered: !pin, reason, by } as const
      await curate(tx, day, { paperId, ...word })
    }
  })
}

/** Lets the ranking order a day's papers again; what was pinned stays pinned. */
export function takeOrderBack(services: StepServices, day: Day, author: Author): Promise<CurationEntry[]> {
  return curating(services, day, 'paper.unordered', author, async (tx) => {
    const places = await takeBackPlaces(tx, day)
    for (const entry of places.filter(({ ordered }) => !ordered)) await curate(tx, day, entry)
  })
}

async function takeBackPlaces(tx: Tx, day: Day): Promise<CurationEntry[]> {
  const places = (await readCuration(tx, day)).filter(({ action }) => action === 'pin')
  await tx.tables
    .deleteFrom('curation')
    .where('day', '=', dayValue(day))
    .where('action', '=', 'pin')
    .execute()
  return places
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
