/** The database, the disk, the clock, the source and the public address. */
import { statfs } from 'node:fs/promises'
import type { Config } from '../../config/config.js'
import type { Db } from '../../db/client.js'
import { requireFit } from '../../db/fitness/fit.js'
import { pendingMigrations } from '../../db/migrations/history.js'
import { text, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { messageOf } from '../../errors.js'
import { advice, type Finding, fault, ok } from '../../mail/domain/finding.js'

const oldestPostgres = 14
const mostSkewMs = 5_000

const serverState = statement({
  text: `SELECT current_setting('server_version') AS version, clock_timestamp() AS now`,
  parameters: [],
  columns: { version: text, now: timestamptz },
})

/** Reachable, new enough, migrated, and of one mind about the time. */
export async function checkDatabase(db: Db): Promise<Finding[]> {
  try {
    await requireFit(db)
    const [row] = await db.run(serverState, [])
    const version = row?.version ?? '0'
    const skew = Math.abs(Date.now() - (row?.now.getTime() ?? 0))
    const pending = await pendingMigrations(db)
    return [
      Number.parseInt(version, 10) >= oldestPostgres
        ? ok('database', `Postgres ${version} answers`)
        : fault('database', `Postgres ${version} is too old`, `Use Postgres ${oldestPostgres} or newer.`),
      pending.length === 0
        ? ok('migrations', 'all applied')
        : fault('migrations', `${pending.length} are missing`, 'Run: daily-papers migrate'),
      skew <= mostSkewMs
        ? ok('clock', 'agrees with the database')
        : fault('clock', `is ${Math.round(skew / 1000)} s off the database's`, 'Run NTP on both machines.'),
    ]
  } catch (error) {
    return [fault('database', messageOf(error), 'Check DATABASE_URL, and that the server runs.')]
  }
}

const leastFree = 1_000_000_000

export async function checkDisk({ dataDir }: Pick<Config, 'dataDir'>): Promise<Finding[]> {
  try {
    const { bavail, bsize } = await statfs(dataDir)
    const free = `${((bavail * bsize) / 1e9).toFixed(1)} GB free at DATA_DIR`
    return [bavail * bsize >= leastFree ? ok('disk', free) : fault('disk', free, 'Make room: 1 GB at least.')]
  } catch (error) {
    return [advice('disk', messageOf(error), 'It is made at the first start; see that its parent exists.')]
  }
}

const patienceMs = 5_000

/** The source answers, and its clock shows whether ours is right. */
export async function checkSource({ papersApiUrl }: Pick<Config, 'papersApiUrl'>): Promise<Finding[]> {
  const mend = 'Check PAPERS_API_URL, and that this machine may reach it.'
  try {
    const url = `${papersApiUrl}/api/daily_papers?limit=1`
    const response = await fetch(url, { signal: AbortSignal.timeout(patienceMs) })
    await response.body?.cancel()
    if (!response.ok) return [fault('source', `${papersApiUrl} answers ${response.status}`, mend)]
    const skew = Math.abs(Date.now() - Date.parse(response.headers.get('date') ?? ''))
    const late = skew > 60_000 ? [fault('clock', `is ${Math.round(skew / 1000)} s off`, 'Run NTP here.')] : []
    return [ok('source', `${papersApiUrl} answers`), ...late]
  } catch (error) {
    return [fault('source', `${papersApiUrl}: ${causeOf(error)}`, mend)]
  }
}

/** fetch says only that it failed; why stands in the cause. */
export const causeOf = (error: unknown): string =>
  messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error)
