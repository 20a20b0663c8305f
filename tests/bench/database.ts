/** A database of the benchmark's own, at DATABASE_URL's server or embedded, that keeps what it commits. */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Db, openDb } from '../../src/db/client.js'
import { openDatabase } from '../../src/db/embedded/open.js'
import { migrate } from '../../src/db/migrations/migrate.js'
import { silentLog } from '../../src/log.js'
import { openTemporaryFolder } from '../support/test-server.js'

export type BenchDatabase = { db: Db; databaseUrl: string; folder: string; close(): Promise<void> }

export async function openBenchDatabase(): Promise<BenchDatabase> {
  const folder = await mkdtemp(join(await openTemporaryFolder(), 'daily-papers-bench-'))
  await chmod(folder, 0o755)
  const given = process.env['DATABASE_URL'] || undefined
  const server = await openDatabase({ databaseUrl: given, dataDir: join(folder, 'data') }, silentLog, {
    shared: join(folder, 'shared'),
    settings: { shared_buffers: '256MB' },
  })
  const admin = openDb(server.url, silentLog, { connections: 1 })
  const name = `bench_${process.pid}`
  await admin.sql(`CREATE DATABASE ${name}`)
  const url = new URL(server.url)
  url.pathname = `/${name}`
  const db = openDb(url.href, silentLog, { connections: 5 })
  await migrate(db)
  return {
    db,
    databaseUrl: url.href,
    folder,
    close: async () => {
      await db.close()
      await admin.sql(`DROP DATABASE ${name} WITH (FORCE)`)
      await admin.close()
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
