/** Asks WATCHER_URL after each edition that is out and each quiet day, as healthchecks.io has it: silence is the alarm. */
import type { Config } from '../config/config.js'
import type { Clock } from '../clock.js'
import type { Db } from '../db/client.js'
import { settledWithoutMail } from '../editions/edition.js'
import { messageOf } from '../errors.js'
import type { Log } from '../log.js'
import { callOut } from '../network/call-out.js'
import { alone } from './job.js'

type WatcherServices = {
  db: Db
  clock: Clock
  log: Log
  config: Pick<Config, 'watcherUrl' | 'webhookAllow'>
}

const timeoutMs = 10_000
/** What happened longer ago is no news. */
const newsHours = 72

/** An edition is marked when the watcher has answered: one that does not is asked again at the next tick. */
export async function tellWatcher(services: WatcherServices): Promise<boolean> {
  const { watcherUrl: url, webhookAllow: allow } = services.config
  if (!url) return true
  return alone(services.db, 'watcher', async () => {
    const ids = await untold(services)
    if (ids.length === 0) return
    try {
      const { status } = await callOut(url, { method: 'GET', allow, timeoutMs, mostBytes: 0 })
      if (status >= 300) throw new Error(`the answer was ${status}`)
      await services.db.models.edition.updateMany({
        where: { id: { in: ids } },
        data: { watcherToldAt: services.clock.now() },
      })
    } catch (error) {
      services.log.warn({ fault: messageOf(error) }, 'WATCHER_URL was not told')
    }
  })
}

async function untold({ db, clock }: WatcherServices): Promise<number[]> {
  const editions = await db.models.edition.findMany({
    select: { id: true },
    where: {
      watcherToldAt: null,
      updatedAt: { gt: new Date(clock.now().getTime() - newsHours * 3_600_000) },
      status: { in: ['sent', ...settledWithoutMail] },
    },
  })
  return editions.map(({ id }) => id)
}
