/** Opens what a command needs, runs it, and closes everything again, whatever happens. */
import type { Config } from '../../config/config.js'
import { readConfig } from '../../config/config.js'
import { requireFit, requireReachable } from '../../db/fitness/fit.js'
import { openDatabase } from '../../db/embedded/open.js'
import { migrate } from '../../db/migrations/migrate.js'
import { pendingMigrations } from '../../db/migrations/history.js'
import { Problem } from '../../errors.js'
import { type Log, openLog } from '../../log.js'
import { openServices, type Services } from '../../services.js'
import { findHold } from '../../db/continuity/hold.js'
import { databaseName } from '../../db/witness/witness-file.js'
import type { Shell } from './shell.js'
import { unlessStopped } from './signals.js'

type Needs = {
  /** Serves until it is stopped, and says what it does; other commands end when asked to and log faults only. */
  serves?: boolean
  /** `apply` also on a database of the operator's own, which otherwise has to be migrated by command. */
  migrations?: 'apply' | 'require' | 'ignore'
  /** The least grave lines that are logged where LOG_LEVEL does not say otherwise. */
  logLevel?: 'info' | 'warn'
  /** What the command wants otherwise than the environment says. */
  adapt?: (config: Config) => Config
}

/**
 * @throws ConfigError before anything is opened
 * @throws Interrupted when the process is asked to stop, unless the command serves
 */
export async function withServices(
  shell: Shell,
  work: (services: Services) => Promise<void>,
  needs: Needs = {},
): Promise<void> {
  const read = readConfig(shell.env)
  const config = needs.adapt?.(read) ?? read
  const log = openLog(logLevel(config, needs))
  const database = await openDatabase(config, log)
  try {
    shell.stopped.throwIfAborted()
    await useServices(shell, config, log, database, work, needs)
  } finally {
    await database.close()
  }
}

/** What a command does is printed; its log would say the same again. */
function logLevel(config: Config, needs: Needs): string {
  const usual = needs.logLevel ?? (needs.serves ? 'info' : 'error')
  return config.logLevel === 'info' ? usual : config.logLevel
}

async function useServices(
  shell: Shell,
  config: Config,
  log: Log,
  database: { url: string; embedded: boolean },
  work: (services: Services) => Promise<void>,
  needs: Needs,
): Promise<void> {
  const services = await openServices(config, database.url, { log })
  try {
    await (needs.serves ? requireFit : requireReachable)(services.db)
    await bringUpToDate(services, needs.migrations ?? (database.embedded ? 'apply' : 'require'))
    if (needs.migrations !== 'ignore') await rememberDatabase(services, database, needs.serves ?? false)
    await (needs.serves ? work(services) : unlessStopped(shell.stopped, work(services)))
  } finally {
    await services.db.witness.save()
    await services.close()
  }
}

/** What was seen of the database in DATA_DIR counts, so that one that was put back meanwhile is noticed. */
async function rememberDatabase(
  { db, config, log }: Services,
  { url, embedded }: { url: string; embedded: boolean },
  writes: boolean,
): Promise<void> {
  const place = {
    dataDir: config.dataDir,
    database: embedded ? 'embedded' : databaseName(url),
    embedded,
    writes,
  }
  await db.witness.attach(place, log)
  const hold = await findHold(db, db.witness)
  if (hold) log.error({ since: hold.since, why: hold.why }, 'all sending is held; see: daily-papers status')
}

async function bringUpToDate({ db }: Services, how: 'apply' | 'require' | 'ignore'): Promise<void> {
  if (how === 'apply') await migrate(db)
  if (how !== 'require') return
  const pending = await pendingMigrations(db)
  if (pending.length === 0) return
  const detail = `The database lacks ${pending.length} migrations of this version. Run: daily-papers migrate`
  throw new Problem('unavailable', detail)
}
