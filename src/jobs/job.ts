/** What a recurring job is, and the lock that keeps two workers from doing it at the same time. */
import type { Clock } from '../clock.js'
import type { Config } from '../config/config.js'
import type { Secrets } from '../config/secrets.js'
import type { Db } from '../db/client.js'
import type { Probe } from '../editions/gates/dead-links.js'
import type { Log } from '../log.js'
import type { Mailer } from '../mail/mailer/mailer.js'
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
  /** Tries the links of an edition before it is frozen; nothing is tried without it. */
  probe?: Probe
}

export type Job = {
  name: string
  /** When to ask whether there is something to do; in UTC, with seconds. */
  cron: string
  /** Asks the database what is due and does it; nothing is remembered between two calls. */
  run(services: JobServices): Promise<void>
}

/**
 * Does the work unless another process is at it. The lock is the connection's: it ends with the process,
 * however that ends.
 */
export async function alone(db: Db, name: string, work: () => Promise<void>): Promise<void> {
  const client = await db.pool.connect()
  let broken = true
  try {
    const { rows } = await client.query<{ got: boolean }>(
      'SELECT pg_try_advisory_lock(hashtext($1), 1) AS got',
      [`daily-papers job ${name}`],
    )
    if (rows[0]?.got) {
      await work()
      await client.query('SELECT pg_advisory_unlock(hashtext($1), 1)', [`daily-papers job ${name}`])
    }
    broken = false
  } finally {
    client.release(broken)
  }
}
