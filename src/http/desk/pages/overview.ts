/** The page that says how things are today. */
import { lastClosedDay } from '../../../clock.js'
import type { Db, Queries } from '../../../db/client.js'
import { type Edition, listEditions } from '../../../editions/store.js'
import { sourceHealth } from '../../../papers/sources/health.js'
import { openAlerts } from '../../../operations/alerts/store.js'
import { dryRun } from '../../../operations/editions/audience.js'
import { byEdition, growth, workers } from '../../../operations/figures/statistics.js'
import type { SendProgress } from '../../../operations/editions/progress.js'
import { readHeld } from '../parts/held.js'
import { progressOf } from '../parts/progress.js'
import { withSteps } from '../parts/steps.js'
import type { DashboardPage } from '../parts/page.js'

export const overviewPage: DashboardPage = {
  path: '/',
  title: 'Overview',
  template: 'overview',
  scope: 'editions:read',
  load: async (services, _asked, may) => {
    const { db, clock } = services
    const now = clock.now()
    const latest = await listEditions(db, { kind: 'daily', limit: daysBack })
    const [newest] = latest
    const today = newest && isQuiet(newest) ? (latest.find((edition) => !isQuiet(edition)) ?? newest) : newest
    const held = await readHeld(db, now)
    const others = (await underWay(db)).filter(({ id }) => id !== today?.id)
    return {
      others: others.map((edition) => withSteps(edition, now)),
      quiet: newest && newest.id !== today?.id ? withSteps(newest, now) : null,
      today: today && withSteps(today, now),
      progress: await progressById(db, today ? [today, ...others] : others, now),
      expected: lastClosedDay(now),
      dry: today && !today.fannedOutAt ? await dryRun(services, today) : null,
      growth: may('subscribers:read') ? await growth(db, 90, now) : null,
      editions: await byEdition(db, 10),
      sources: may('papers:read') ? await sourceHealth(db, clock) : null,
      workers: await workers(db, now),
      held,
      // What is held stands there already, with what to do.
      alerts: (await openAlerts(db)).filter(({ kind }) => !(held && kind === 'sending-held')),
    }
  },
}

async function progressById(
  db: Db,
  editions: Edition[],
  now: Date,
): Promise<Map<number, SendProgress | null>> {
  const found = editions.map(async (edition) => [edition.id, await progressOf(db, edition, now)] as const)
  return new Map(await Promise.all(found))
}

/** So far back an edition is looked for that has papers. */
const daysBack = 30

/** On a weekend or a holiday the edition before is of more use. */
const isQuiet = ({ status }: Edition) => status === 'empty' || status === 'thin'

/** Editions of any day and kind that are on their way or wait for somebody. */
async function underWay(db: Queries): Promise<Edition[]> {
  const statuses = ['sending', 'paused', 'held', 'frozen'] as const
  const found = await Promise.all(statuses.map((status) => listEditions(db, { status, limit: 5 })))
  return found.flat()
}
