/** Every recurring job of a worker in one table. */
import { countMeasured } from '../deliveries/measuring/count.js'
import { keepLedger } from '../deliveries/editions/rescue.js'
import { alert, tellEvents } from './alert.js'
import { askArxiv } from './arxiv.js'
import { build } from './build.js'
import { fanOutDue } from './due-editions.js'
import { alone, type Job, type JobServices } from './job.js'
import { noteReach } from '../operations/doctor/reach.js'
import { judge } from './judge.js'
import { look } from './look.js'
import { render } from './render.js'
import { type Schedule, startTicking } from './ticking.js'
import { meaning } from './meaning.js'
import { fetchPictures, picturesAreDue } from '../papers/pictures/fetch-job.js'
import { remindOfSaved } from '../subscribers/feedback/remind.js'
import { tellWatcher } from './tell-watcher.js'
import { tidy } from './tidy.js'

/** In production alone: trials stay among themselves. */
export const reach = async (services: JobServices): Promise<boolean> =>
  !services.config.production || alone(services.db, 'reach', () => noteReach(services))

const pictures = async (services: JobServices): Promise<boolean> =>
  !(await picturesAreDue(services)) || alone(services.db, 'pictures', () => fetchPictures(services))

const jobs: Job[] = [
  { name: 'look', cron: '*/30 * * * * *', everySeconds: 30, run: look },
  { name: 'build', cron: '*/15 * * * * *', everySeconds: 15, run: build },
  { name: 'fan-out', cron: '*/2 * * * * *', everySeconds: 2, run: fanOutDue },
  { name: 'ledger', cron: '* * * * * *', everySeconds: 1, run: keepLedger },
  { name: 'render', cron: '*/2 * * * * *', everySeconds: 2, run: render },
  { name: 'meaning', cron: '5,35 * * * * *', everySeconds: 30, run: meaning },
  { name: 'pictures', cron: '12,32,52 * * * * *', everySeconds: 20, run: pictures },
  { name: 'arxiv', cron: '0 7,37 * * * *', everySeconds: 1_800, run: askArxiv },
  { name: 'alert', cron: '*/20 * * * * *', everySeconds: 20, run: alert },
  { name: 'events', cron: '*/5 * * * * *', everySeconds: 5, run: tellEvents },
  { name: 'watcher', cron: '10,30,50 * * * * *', everySeconds: 20, run: tellWatcher },
  {
    name: 'measure',
    cron: '7,37 * * * * *',
    everySeconds: 30,
    run: ({ db, clock }) => countMeasured(db, clock.now()),
  },
  { name: 'reach', cron: '15 * * * * *', everySeconds: 60, run: reach },
  { name: 'judge', cron: '*/10 * * * * *', everySeconds: 10, run: judge },
  { name: 'remind', cron: '40 */5 * * * *', everySeconds: 300, run: remindOfSaved },
  { name: 'tidy', cron: '23 17 * * * *', everySeconds: 3_600, run: tidy },
]

export const startSchedule = (services: JobServices, table: Job[] = jobs): Schedule =>
  startTicking(services, table)
