/** A database of its own for a test file, cloned from the migrated template and dropped afterwards. */
import { afterAll, inject } from 'vitest'
import { type Db, openDb } from '../../src/db/client.js'
import { silentLog } from '../../src/log.js'

let count = 0

/** Creates the clone; it is dropped when the test file ends. Call it in `beforeAll` or at the top level. */
export async function testDatabase(): Promise<{ db: Db; url: string }> {
  count += 1
  const name = `test_${process.pid}_${Date.now()}_${count}`
  const admin = openDb(inject('serverUrl'), silentLog, { connections: 1 })
  await cloneTemplate(admin, name)
  const target = new URL(inject('serverUrl'))
  target.pathname = `/${name}`
  const db = openDb(target.href, silentLog)
  afterAll(async () => {
    await db.close()
    await admin.sql(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    await admin.close()
  })
  return { db, url: target.href }
}

/** Two clones of one template at once are refused by Postgres, hence the lock. */
async function cloneTemplate(admin: Db, name: string): Promise<void> {
  await admin.sql('SELECT pg_advisory_lock(4711)')
  try {
    await admin.sql(`CREATE DATABASE ${name} TEMPLATE ${inject('template')}`)
  } finally {
    await admin.sql('SELECT pg_advisory_unlock(4711)')
  }
}
