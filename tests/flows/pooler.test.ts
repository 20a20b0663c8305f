/** The service behind PgBouncer in transaction mode: nothing of a process that is gone keeps the next one out. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type Db, openDb } from '../../src/db/client.js'
import { bundledMigrations } from '../../src/db/migrations/bundled.js'
import { migrate } from '../../src/db/migrations/migrate.js'
import { alone } from '../../src/jobs/job.js'
import { silentLog } from '../../src/log.js'
import { keepDay, manyPapers } from '../support/kept-days.js'
import { type Mailbox, openMailbox } from '../support/mailbox.js'
import { type Pooler, startPooler, withoutPooler } from '../support/pooler.js'
import { runCli } from '../support/run-cli.js'
import { testDatabase } from '../support/test-database.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

let pooler: Pooler
let mailbox: Mailbox
let folder: string
const opened: Db[] = []

beforeAll(async () => {
  if (withoutPooler) return
  pooler = await startPooler(inject('serverUrl'))
  mailbox = await openMailbox()
  folder = await mkdtemp(join(tmpdir(), 'daily-papers-pooler-'))
})
afterAll(async () => {
  for (const db of opened) await db.close()
  if (withoutPooler) return
  await pooler.close()
  await mailbox.close()
  await rm(folder, { recursive: true, force: true })
})

function openThrough(url: string): Db {
  const db = openDb(pooler.through(url), silentLog, { connections: 4 })
  opened.push(db)
  return db
}

const locks = (db: Db) =>
  db.sql(`SELECT objid FROM pg_locks WHERE locktype = 'advisory'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)

it.skipIf(withoutPooler)('brings a database up to date once, by two at the same time', async () => {
  const { db, url } = await testDatabase()
  await db.sql('DROP SCHEMA public CASCADE')
  await db.sql('CREATE SCHEMA public')
  const applied = await Promise.all([migrate(openThrough(url)), migrate(openThrough(url))])
  expect(applied.flat()).toHaveLength((await bundledMigrations()).length)
  expect(await locks(db)).toEqual([])
})

it.skipIf(withoutPooler)('does a job in one process at a time, and again when that one is gone', async () => {
  const { db, url } = await testDatabase()
  const [first, second] = [openThrough(url), openThrough(url)]
  let end: () => void = () => {}
  const held = new Promise<void>((resolve) => (end = resolve))
  const begun = new Promise<void>((resolve) => {
    void alone(first, 'build', () => {
      resolve()
      return held
    }).catch(() => {})
  })
  await begun
  expect(await alone(second, 'build', async () => {})).toBe(false)
  expect(await alone(second, 'look', async () => {})).toBe(true)
  // As if it had been killed: its lease runs out, and nothing else of it is left.
  await db.sql(`UPDATE job SET lease_until = now() - interval '1 second' WHERE name = 'build'`)
  expect(await alone(second, 'build', async () => {})).toBe(true)
  end()
  expect(await locks(db)).toEqual([])
})

it.skipIf(withoutPooler)('sends an edition by command', { timeout: 120_000 }, async () => {
  const { db, url } = await testDatabase()
  await keepDay(db, '2026-08-04', manyPapers(5))
  const csv = join(folder, 'readers.csv')
  await writeFile(csv, 'email\none@example.org\ntwo@example.org\n')
  const env = { DATABASE_URL: pooler.through(url), DATA_DIR: folder, MAIL_URL: mailbox.url }
  const imported = await runCli(['subscribers', 'import', csv], env)
  expect(imported, imported.stderr).toMatchObject({ status: 0 })
  const sent = await runCli(['edition', 'send', '--date', '2026-08-04'], env)
  expect(sent, sent.stderr).toMatchObject({ status: 0 })
  expect(mailbox.mails).toHaveLength(2)
  expect(await locks(db)).toEqual([])
})
