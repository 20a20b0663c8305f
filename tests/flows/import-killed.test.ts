/** An import over HTTP whose process is killed midway, and which is sent again. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Db } from '../../src/db/client.js'
import { startCli } from '../support/run-cli.js'
import { testDatabase } from '../support/test-database.js'
import { until } from '../support/until.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

const key = 'an-admin-key-for-tests-0123456789abcdef'
const rows = 30_000
const isBad = (i: number) => i % 1000 === 7

let db: Db
let env: Record<string, string>
beforeAll(async () => {
  const database = await testDatabase()
  db = database.db
  const folder = await mkdtemp(join(tmpdir(), 'import-killed-'))
  env = { DATABASE_URL: database.url, DATA_DIR: folder, ADMIN_KEY: key, PORT: '0', TMPDIR: folder }
  await db.sql(`INSERT INTO subscriber (email, email_key, domain, status) VALUES
    ('reader1@example.org', 'reader1@example.org', 'example.org', 'unsubscribed'),
    ('reader29999@example.org', 'reader29999@example.org', 'example.org', 'pending')`)
})
afterAll(() => rm(env['DATA_DIR'] as string, { recursive: true, force: true }))

const csv = `email\n${Array.from({ length: rows }, (_, i) => (isBad(i) ? 'bad' : `reader${i}@example.org`)).join('\n')}\n`

async function startApi() {
  const api = startCli(['api'], env)
  const [, url] = await api.said(/Listening on (\S+)/)
  const authorization = `Bearer ${key}`
  const call = async (path: string, init: RequestInit = { headers: { authorization } }) => {
    return (await fetch(`${url}/api/v1/admin${path}`, init)).json() as Promise<Run>
  }
  const headers = { authorization, 'content-type': 'text/csv' }
  const send = () => call('/imports?confirm=true', { method: 'POST', headers, body: csv })
  return { ...api, call, send }
}

type Run = { id: number; status: string; rows: number; faulty: number; added: number }

const count = async (sql: string) =>
  Number((await db.sql<{ n: string }>(`SELECT count(*) AS n FROM ${sql}`))[0]?.n)

it('comes to the same as once, and the killed run shows as interrupted', { timeout: 180_000 }, async () => {
  const first = await startApi()
  const killed = await first.send()
  await until(async () => (await count('subscriber')) >= 3_000, { within: 60_000 })
  first.child.kill('SIGKILL')
  await first.ended
  const taken = await count('subscriber')
  expect(taken, 'it was killed midway').toBeLessThan(rows - 100)

  const second = await startApi()
  const again = await second.send()
  const ended = async (id: number) => {
    const read = () => second.call(`/imports/${id}`)
    await until(async () => (await read()).status !== 'running', { within: 120_000, every: 100 })
    return read()
  }
  const good = rows - rows / 1000
  expect(await ended(again.id)).toMatchObject({ status: 'done', rows, faulty: rows / 1000 })
  expect(await count('subscriber')).toBe(good)
  expect(await count(`subscriber WHERE status = 'pending'`)).toBe(good - 1)
  // Each new one is asked once: not those who were known, nor twice those whom the first run had taken.
  expect(await count('delivery')).toBe(good - 2)
  expect(await count('(SELECT DISTINCT subscriber_id FROM delivery) d')).toBe(good - 2)
  expect(await count(`token WHERE kind = 'confirm'`)).toBe(good - 2)
  expect(await count(`import_fault WHERE run_id = ${again.id}`)).toBe(rows / 1000)

  // A minute of silence.
  await db.sql(`UPDATE import_run SET updated_at = updated_at - interval '61 seconds' WHERE id = $1`, [
    killed.id,
  ])
  expect(await second.call(`/imports/${killed.id}`)).toMatchObject({ status: 'interrupted' })
  second.child.kill('SIGTERM')
  expect(await second.ended).toBe(0)
})
