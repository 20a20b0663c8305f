/** A database server of a drill's own, which may be struck down: it is brought back by who holds it. */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Db, openDb } from '../../src/db/client.js'
import { openDatabase } from '../../src/db/embedded/open.js'
import { migrate } from '../../src/db/migrations/migrate.js'
import { silentLog } from '../../src/log.js'
import { openTemporaryFolder } from '../support/test-server.js'

export type DrillDatabase = {
  url: string
  db: Db
  /** For logs and keys of the drill. */
  folder: string
  /** SIGQUIT is a crash with recovery, SIGINT cuts every connection and shuts down. */
  strike(signal: 'SIGINT' | 'SIGQUIT'): Promise<void>
  close(): Promise<void>
}

/**
 * Durable as in earnest: what was committed must be there after a crash.
 * @param disk - where its data lie, if not with the rest.
 */
export async function openDrillDatabase(disk?: string): Promise<DrillDatabase> {
  const folder = await mkdtemp(join(await openTemporaryFolder(), 'daily-papers-drill-'))
  await chmod(folder, 0o755)
  const dataDir = join(disk ?? folder, 'data')
  const options = { shared: join(folder, 'shared'), settings: { max_connections: '200' } }
  const database = await openDatabase({ databaseUrl: undefined, dataDir }, silentLog, options)
  const db = openDb(database.url, silentLog, { connections: 5 })
  await migrate(db)
  const [setting] = await db.sql<{ data_directory: string }>('SHOW data_directory')
  const pidFile = join(setting?.data_directory ?? '', 'postmaster.pid')
  return {
    url: database.url,
    db,
    folder,
    strike: async (signal) => {
      const [pid] = (await readFile(pidFile, 'utf8')).split('\n')
      process.kill(Number(pid), signal)
    },
    close: async () => {
      await db.close()
      await database.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
