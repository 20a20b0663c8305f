/** A database that is away, shuts down or takes no changes: 503 with Retry-After everywhere, never a fault of ours. */
import type { FastifyInstance } from 'fastify'
import { afterEach, expect, it } from 'vitest'
import { type Db, openDb } from '../../src/db/client.js'
import { awayBy } from '../../src/db/fitness/away.js'
import { buildServer } from '../../src/http/server.js'
import { silentLog } from '../../src/log.js'
import { type Call, callOf, operationsOf } from '../support/openapi-fuzz.js'
import { Maker, randomFrom } from '../support/schema-values.js'
import { testServices } from '../support/services.js'
import { testDatabase } from '../support/test-database.js'

const key = 'an-admin-key-for-tests-0123456789abcdef'
const known = ['1', '2026-08-05', '2026-W32', 'math', '0309136', 'reader@example.org', 'daily']
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function serverOn(url: string): Promise<FastifyInstance> {
  const db: Db = openDb(url, silentLog, { connections: 4 })
  const app = await buildServer(await testServices(db, { ADMIN_KEY: key }))
  closing.push(
    () => app.close(),
    () => db.close(),
  )
  return app
}

/** Some sound calls of each operation, as by an operator. */
async function calls(app: FastifyInstance, each: number): Promise<Call[]> {
  const document = (await app.inject('/openapi.json')).json<Parameters<typeof operationsOf>[0]>()
  const operations = operationsOf(document)
  expect(operations.length).toBeGreaterThan(60)
  return operations.flatMap((operation, i) => {
    const make = new Maker(randomFrom(i + 1), known)
    return Array.from({ length: each }, () => callOf(operation, make, 0))
  })
}

async function answerTo(app: FastifyInstance, call: Call) {
  const headers = { authorization: `Bearer ${key}`, ...call.headers }
  const answer = await app.inject({ ...call, method: call.method as 'GET', headers })
  return {
    call: `${call.method} ${call.url}`,
    status: answer.statusCode,
    after: answer.headers['retry-after'],
  }
}

it('answers 503 with Retry-After wherever the database would be asked', { timeout: 120_000 }, async () => {
  const app = await serverOn('postgres://nobody@127.0.0.1:1/nothing')
  const answers = []
  for (const call of await calls(app, 3)) answers.push(await answerTo(app, call))
  expect(answers.filter(({ status }) => status === 500)).toEqual([])
  const away = answers.filter(({ status }) => status === 503)
  expect(away.length).toBeGreaterThan(100)
  expect(away.filter(({ after }) => !(Number(after) > 0))).toEqual([])
})

it('does so on every page, as a page', async () => {
  const app = await serverOn('postgres://nobody@127.0.0.1:1/nothing')
  const paths = [
    '/',
    '/papers/2026-08-07',
    '/papers?q=x',
    '/papers/2608.01234',
    '/editions',
    '/editions/2026-08-07',
  ]
  for (const url of [
    ...paths,
    '/papers/week/2026-W32',
    '/feed.xml',
    '/feed.json',
    '/sitemap.xml',
    '/admin',
    '/readyz',
  ]) {
    const answer = await app.inject({ url, headers: { accept: 'text/html', cookie: 'desk=x' } })
    if (url === '/admin' && answer.statusCode < 400) continue
    expect([url, answer.statusCode, Number(answer.headers['retry-after']) > 0]).toEqual([url, 503, true])
  }
})

it('answers 503 to changes that a read-only database refuses', { timeout: 120_000 }, async () => {
  const { db, url } = await testDatabase()
  await db.sql(
    `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$`,
  )
  const app = await serverOn(url)
  const answers = []
  for (const call of await calls(app, 2)) answers.push(await answerTo(app, call))
  expect(answers.filter(({ status }) => status === 500)).toEqual([])
  const refused = answers.filter(({ status }) => status === 503)
  expect(refused.length).toBeGreaterThan(10)
  expect(refused.filter(({ after }) => !(Number(after) > 0))).toEqual([])
  const ready = await app.inject('/readyz')
  expect([ready.statusCode, ready.json<{ detail: string }>().detail]).toEqual([
    503,
    expect.stringContaining('changes'),
  ])
})

it.each([
  [{ code: '57P01', severity: 'FATAL' }, 'unreachable'],
  [{ code: '53300', severity: 'FATAL' }, 'busy'],
  [{ code: '53100', severity: 'ERROR' }, 'full'],
  [{ code: '25006', severity: 'ERROR' }, 'read-only'],
  [{ code: '23505', severity: 'ERROR' }, null],
  [new Error('Connection terminated unexpectedly'), 'unreachable'],
  [new AggregateError([Object.assign(new Error('x'), { code: 'ECONNREFUSED' })]), 'unreachable'],
  [Object.assign(new Error('no such file'), { code: 'ENOENT', syscall: 'open' }), null],
  [new Error('something else'), null],
])('knows %j for what it is', (thrown, away) => {
  expect(awayBy(thrown)).toBe(away)
})
