/** A database that cannot be worked with says at the start what is wrong, and what to do. */
import { chmod, mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, inject, it } from 'vitest'
import { type Db, openDb } from '../../src/db/client.js'
import { openDatabase } from '../../src/db/embedded/open.js'
import { requireFit } from '../../src/db/fitness/fit.js'
import { silentLog } from '../../src/log.js'
import { openSmallDisk } from '../support/small-disk.js'
import { startPooler, withoutPooler } from '../support/pooler.js'
import { runCli } from '../support/run-cli.js'
import { testDatabase } from '../support/test-database.js'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

function open(url: string): Db {
  const db = openDb(url, silentLog, { connections: 2 })
  closing.push(() => db.close())
  return db
}

const set = (setting: string) =>
  `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET ${setting}', current_database()); END $$`

it('is fit, and left without a trace', async () => {
  const { db } = await testDatabase()
  await requireFit(db)
  await requireFit(db)
  expect(await db.sql(`SELECT FROM pg_class WHERE relname = 'room_there_is'`)).toEqual([])
})

it.each([
  ['default_transaction_read_only = on', 'set to read only'],
  ['search_path = nowhere', 'search path'],
])('with %s', async (setting, words) => {
  const { db, url } = await testDatabase()
  await db.sql(set(setting))
  await expect(requireFit(open(url))).rejects.toThrow(words)
  const ran = await runCli(['doctor', '--json'], { DATABASE_URL: url, PAPERS_API_URL: 'http://127.0.0.1:1' })
  const found = JSON.parse(ran.stdout) as { check: string; state: string; detail: string }[]
  expect(found.find(({ check }) => check === 'database')).toMatchObject({
    state: 'fault',
    detail: expect.stringContaining(words),
  })
})

it.each([
  [(url: URL) => (url.pathname = '/there_is_none'), 'createdb'],
  [(url: URL) => (url.port = '1'), 'Check DATABASE_URL'],
  [(url: URL) => url.searchParams.set('sslmode', 'verify-full'), 'sslmode'],
])('that is not reached, with a hint (%#)', async (change, hint) => {
  const { url } = await testDatabase()
  const changed = new URL(url)
  change(changed)
  await expect(requireFit(open(changed.href))).rejects.toThrow(hint)
})

it.skipIf(withoutPooler)('behind a pooler that cuts transactions up', async () => {
  const { url } = await testDatabase()
  const pooler = await startPooler(inject('serverUrl'), 'statement')
  closing.push(() => pooler.close())
  await expect(requireFit(open(pooler.through(url)))).rejects.toThrow('set pool_mode to transaction')
})

it.skipIf(withoutPooler)('is fit behind one that does not', async () => {
  const { url } = await testDatabase()
  const pooler = await startPooler(inject('serverUrl'))
  closing.push(() => pooler.close())
  await expect(requireFit(open(pooler.through(url)))).resolves.toBeUndefined()
})

it('on a full disk', { timeout: 60_000 }, async () => {
  const disk = await openSmallDisk('400m')
  if (disk === null) return
  closing.push(() => disk.close())
  await mkdir(join(disk.folder, 'data'))
  const shared = join(await mkdtemp(join(tmpdir(), 'daily-papers-shared-')), 'shared')
  await chmod(join(shared, '..'), 0o755)
  const options = { durable: false, settings: { fsync: 'off' }, shared }
  const database = await openDatabase(
    { databaseUrl: undefined, dataDir: join(disk.folder, 'data') },
    silentLog,
    options,
  )
  closing.push(() => database.close())
  const db = open(database.url)
  await requireFit(db)
  disk.fill()
  await expect(requireFit(db)).rejects.toThrow('no room left')
  await disk.makeRoom()
  await requireFit(db)
})
