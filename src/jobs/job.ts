/** What a recurring job is, and the lease that keeps two workers from doing it at the same time. */
import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.js'
import type { Config } from '../config/config.js'
import type { Secrets } from '../config/secrets.js'
import type { Db } from '../db/client.js'
import { int, text, uuid } from '../db/queries/sql-types.js'
import { statement } from '../db/queries/statement.js'
import type { Probe } from '../editions/gates/dead-links.js'
import type { Log } from '../log.js'
import type { Mailer } from '../mail/mailer/mailer.js'
import type { Meaning } from '../papers/meaning/meaning.js'
import type { Source } from '../papers/source.js'

/** What jobs take from the services. */
export type JobServices = {
  db: Db
  clock: Clock
  config: Config
  log: Log
  secrets: Secrets
  mailer: Mailer
  source: Source
  /** Absent, or null, where no model is given. */
  meaning?: Meaning | null
  /** Tries the links of an edition before it is frozen; nothing is tried without it. */
  probe?: Probe
  /** Aborted when the worker is to stop: what waits for somebody else ends. */
  stopped?: AbortSignal
}

export type Job<S = JobServices> = {
  name: string
  /** When to ask whether there is something to do; in UTC, with seconds. */
  cron: string
  /** How far apart those times are, at most. */
  everySeconds: number
  /**
   * Asks the database what is due and does it; nothing is remembered between two calls.
   * @returns false when another process was at it.
   */
  run(services: S): Promise<boolean | void>
}

const leaseSeconds = 30

const take = statement({
  text: `INSERT INTO job (name, holder, lease_until) VALUES ($1, $2, now() + $3::int * interval '1 second')
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, lease_until = excluded.lease_until
      WHERE job.lease_until IS NULL OR job.lease_until < now()
    RETURNING name`,
  parameters: [text, uuid, int],
  columns: { name: text },
})
const keep = statement({
  text: `UPDATE job SET lease_until = now() + $3::int * interval '1 second' WHERE name = $1 AND holder = $2`,
  parameters: [text, uuid, int],
  columns: {},
})
const give = statement({
  text: 'UPDATE job SET holder = NULL, lease_until = NULL WHERE name = $1 AND holder = $2',
  parameters: [text, uuid],
  columns: {},
})

/**
 * Does the work unless another process is at it. A lease in a row, since locks of a session stay behind on the
 * connections of a pooler: one that was killed is followed within half a minute.
 * @returns whether the work was done here.
 */
export async function alone(db: Db, name: string, work: () => Promise<void>): Promise<boolean> {
  const holder = randomUUID()
  const taken = await db.run(take, [name, holder, leaseSeconds])
  if (taken.length === 0) return false
  const lengthen = () => void db.run(keep, [name, holder, leaseSeconds]).catch(() => {})
  const timer = setInterval(lengthen, (leaseSeconds * 1_000) / 3)
  try {
    await work()
    return true
  } finally {
    clearInterval(timer)
    // Where the database is away the lease runs out by itself.
    await db.run(give, [name, holder]).catch(() => {})
  }
}
