/** Asks arXiv about the papers of the last days: what is missing, what was withdrawn. */
import { addDays, utcDay } from '../clock.js'
import { fillFromArxiv } from '../papers/sources/arxiv/fill.js'
import { alone, type JobServices } from './job.js'

const daysBack = 3

/** Today and the days before, so that a withdrawal is known before the edition is made. */
export async function askArxiv(services: JobServices): Promise<boolean> {
  const today = utcDay(services.clock.now())
  return alone(services.db, 'arxiv', async () => {
    for (let back = 0; back < daysBack; back += 1) {
      const report = await fillFromArxiv(services, addDays(today, -back), {
        baseUrl: services.config.arxivApiUrl,
        stopped: services.stopped,
      })
      // It will not do better for another day; the next tick asks again.
      if (report.fault) return
    }
  })
}
