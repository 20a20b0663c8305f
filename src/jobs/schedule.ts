/** Every recurring job in one table, and the ticking that runs it. */
import cron, { type Logger } from 'node-cron'
import { keepLedger } from '../deliveries/queue/rescue.js'
import { messageOf } from '../errors.js'
import { askArxiv } from './arxiv.js'
import { alert } from './alert.js'
import { build } from './build.js'
import { fanOutDue } from './due-editions.js'
import type { Job, JobServices } from './job.js'
import { look } from './look.js'
import { render } from './render.js'
import { tidy } from './tidy.js'

const jobs: Job[] = [
  { name: 'look', cron: '*/30 * * * * *', run: look },
  { name: 'build', cron: '*/15 * * * * *', run: build },
  { name: 'fan-out', cron: '*/2 * * * * *', run: fanOutDue },
  { name: 'ledger', cron: '* * * * * *', run: keepLedger },
  { name: 'render', cron: '*/2 * * * * *', run: render },
  { name: 'arxiv', cron: '0 7,37 * * * *', run: askArxiv },
  { name: 'alert', cron: '*/20 * * * * *', run: alert },
  { name: 'tidy', cron: '23 17 * * * *', run: tidy },
]

export type Schedule = {
  /** No job is begun any more; resolves when those that run have ended. */
  stop(): Promise<void>
}

/**
 * Starts the ticking, in UTC alone: at an hour that a change of the clock leaves out, node-cron would not
 * fire. A job that is still running when its tick comes is passed over.
 */
export function startSchedule(services: JobServices, table: Job[] = jobs): Schedule {
  const running = new Map<string, Promise<void>>()
  const begin = (job: Job) => {
    if (running.has(job.name)) return
    const run = runJob(services, job).finally(() => running.delete(job.name))
    running.set(job.name, run)
  }
  const logger = quietly(services.log)
  const tasks = table.map((job) =>
    cron.schedule(job.cron, () => begin(job), { timezone: 'UTC', suppressMissedWarning: true, logger }),
  )
  return {
    stop: async () => {
      for (const task of tasks) await task.stop()
      await Promise.all(running.values())
    },
  }
}

/** node-cron would write to stdout, and warn of missed ticks: none matters, as the next one asks again. */
function quietly(log: JobServices['log']): Logger {
  const say = (message: string | Error) => log.debug({}, messageOf(message))
  return {
    info: say,
    warn: say,
    debug: say,
    error: (fault) => log.error({ fault: messageOf(fault) }, 'node-cron'),
  }
}

/** A job that fails is tried again at its next tick: what is due stays due. */
async function runJob(services: JobServices, job: Job): Promise<void> {
  try {
    await job.run(services)
  } catch (error) {
    services.log.error({ job: job.name, fault: messageOf(error) }, 'a job failed and will be tried again')
  }
}
