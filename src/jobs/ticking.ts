/** The ticking that begins each job at its times, and notes in the database when it last ran. */
import cron, { type Logger } from 'node-cron'
import { reckonInUtc } from '../config/utc.js'
import type { Db } from '../db/client.js'
import { int, ints, text, texts } from '../db/queries/sql-types.js'
import { statement } from '../db/queries/statement.js'
import { messageOf } from '../errors.js'
import type { Log } from '../log.js'
import type { Job } from './job.js'

export type Schedule = {
  /** No job is begun any more; resolves when those that run have ended. */
  stop(): Promise<void>
}

type Ticking = { db: Db; log: Log }

/** Jobs of a second need not be noted each second. */
const noteEveryMs = 5_000

/**
 * Starts the ticking, in UTC alone: at an hour that a change of the clock leaves out, node-cron would not
 * fire. A job that is still running when its tick comes is passed over.
 */
export function startTicking<S extends Ticking>(services: S, table: Job<S>[]): Schedule {
  reckonInUtc()
  const running = new Map<string, Promise<void>>()
  let stopping = false
  const begin = (job: Job<S>, note: () => Promise<void>) => {
    if (stopping || running.has(job.name)) return
    const run = runJob(services, job, note, () => stopping).finally(() => running.delete(job.name))
    running.set(job.name, run)
  }
  const logger = quietly(services.log)
  void watchFromNow(services, table)
  const tasks = table.map((job) => {
    const note = openNote(services.db, job)
    return cron.schedule(job.cron, () => begin(job, note), {
      timezone: 'UTC',
      suppressMissedWarning: true,
      logger,
    })
  })
  return {
    stop: async () => {
      stopping = true
      for (const task of tasks) await task.stop()
      await Promise.all(running.values())
    },
  }
}

/** node-cron would write to stdout, and warn of missed ticks: none matters, as the next one asks again. */
function quietly(log: Log): Logger {
  const say = (message: string | Error) => log.debug({}, messageOf(message))
  return {
    info: say,
    warn: say,
    debug: say,
    error: (fault) => log.error({ fault: messageOf(fault) }, 'node-cron'),
  }
}

/** A job that fails is tried again at its next tick: what is due stays due. */
async function runJob<S extends Ticking>(
  services: S,
  job: Job<S>,
  note: () => Promise<void>,
  isStopping: () => boolean,
): Promise<void> {
  try {
    if ((await job.run(services)) !== false) await note()
  } catch (error) {
    const fields = { job: job.name, fault: messageOf(error) }
    // It was cut short, also by the end of the database's pool.
    if (isStopping()) services.log.debug(fields, 'a job was cut short')
    else services.log.error(fields, 'a job failed and will be tried again')
  }
}

const noteRun = statement({
  text: `INSERT INTO job (name, period_seconds, ran_at) VALUES ($1, $2, now())
    ON CONFLICT (name) DO UPDATE SET period_seconds = excluded.period_seconds, ran_at = now()`,
  parameters: [text, int],
  columns: {},
})

function openNote(db: Db, { name, everySeconds }: Pick<Job<never>, 'name' | 'everySeconds'>) {
  let last = Number.NEGATIVE_INFINITY
  return async () => {
    if (performance.now() - last < noteEveryMs) return
    await db.run(noteRun, [name, everySeconds])
    last = performance.now()
  }
}

const forgetSilence = statement({
  text: `INSERT INTO job (name, period_seconds) SELECT * FROM unnest($1::text[], $2::int[])
    ON CONFLICT (name) DO UPDATE SET period_seconds = excluded.period_seconds, watched_from = now()
      WHERE greatest(job.ran_at, job.watched_from) < now() - 10 * job.period_seconds * interval '1 second'`,
  parameters: [texts, ints],
  columns: {},
})

/** While nobody ran, no job could run: its silence counts from now. */
async function watchFromNow({ db, log }: Ticking, table: Job<never>[]): Promise<void> {
  try {
    await db.run(forgetSilence, [
      table.map(({ name }) => name),
      table.map(({ everySeconds }) => everySeconds),
    ])
  } catch (error) {
    log.warn({ fault: messageOf(error) }, 'the last runs of jobs are not known')
  }
}
