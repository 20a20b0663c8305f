import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, it } from 'vitest'
import { tellWatcher } from '../../src/jobs/tell-watcher.js'
import { silentLog } from '../../src/log.js'
import { parseNetwork } from '../../src/network/addresses.js'
import { testDatabase } from '../support/test-database.js'

const { db } = await testDatabase()
const clock = { now: () => new Date('2026-05-07T07:00:00Z') }
const asked: string[] = []
let status = 200
const server = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`)
  response.writeHead(status).end()
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
afterAll(() => new Promise((resolve) => server.close(resolve)))

const loopback = parseNetwork('127.0.0.0/8')
const watcherUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping/abc`
const config = { watcherUrl, webhookAllow: loopback ? [loopback] : [] }
const tick = () => tellWatcher({ db, clock, log: silentLog, config })

const edition = (day: string, state: string) =>
  db.sql(
    `INSERT INTO edition (kind, period, day, status, reason, number, subject, papers, compiled, frozen_at, updated_at)
     VALUES ('daily', $1, $1::text::date, $2, 'why', $4, 'Papers', '[]', '{}', $3, $3)`,
    [day, state, clock.now(), Number(day.slice(-2))],
  )

it('asks the watcher once for an edition that is out and for a quiet day, and again until it answers', async () => {
  await edition('2026-05-04', 'held')
  await tick()
  expect(asked).toEqual([])
  await edition('2026-05-05', 'empty')
  status = 503
  await tick()
  expect(asked).toEqual(['GET /ping/abc'])
  status = 200
  await Promise.all([tick(), tick()])
  await tick()
  expect(asked).toEqual(['GET /ping/abc', 'GET /ping/abc'])
  await edition('2026-05-06', 'sent')
  await tick()
  await tick()
  expect(asked).toHaveLength(3)
})
