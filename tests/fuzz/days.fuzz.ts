/**
 * Hostile days: ten thousand bodies with tricks in every field are read, and the pages of days that hold nothing else
 * are asked for. FUZZ_DAYS sets how many bodies there are, FUZZ_SEED which.
 */
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addDays } from '../../src/clock.js'
import { buildEdition } from '../../src/editions/building/build.js'
import { buildServer } from '../../src/http/server.js'
import { ingestDay } from '../../src/papers/ingest.js'
import { readEntries, readPage } from '../../src/papers/sources/hub-list.js'
import { SourceError } from '../../src/papers/source.js'
import { hostileEntry, leaked } from '../support/hostile-values.js'
import { seeded, spoiltBody } from '../support/mutate.js'
import { stoppedClock, testServices } from '../support/services.js'
import { testDatabase } from '../support/test-database.js'
import { traceLog } from '../support/trace-log.js'

const bodies = Number(process.env['FUZZ_DAYS'] ?? 10_000)
const random = seeded(Number(process.env['FUZZ_SEED'] ?? 20_261_126))
const monday = '2026-08-03'
const { log, text: logged } = traceLog()
let app: FastifyInstance

const entries = (day: number, count: number) =>
  Array.from({ length: count }, (_, i) =>
    hostileEntry(
      random,
      `26${String(7 + (day % 2)).padStart(2, '0')}.${String(day * 100 + i).padStart(5, '0')}`,
    ),
  )

beforeAll(async () => {
  const { db } = await testDatabase()
  const clock = stoppedClock('2026-08-09T08:00:00Z')
  const services = await testServices(db, { EDITION_SIZE: '50' }, { clock, log })
  for (let day = 0; day < 4; day += 1) {
    const source = { name: 'fuzz', day: async () => readEntries(entries(day, 50), monday) }
    const { papers } = await ingestDay(services, source, addDays(monday, day))
    if (papers !== 50) throw new Error(`${papers} of 50 hostile papers were taken`)
    await buildEdition(services, 'daily', addDays(monday, day))
  }
  app = await buildServer(services)
})
afterAll(() => app.close())

it(`${bodies} bodies are read or refused, each in a moment`, () => {
  let slowest = 0
  for (let i = 0; i < bodies; i += 1) {
    const body = spoiltBody(entries(i % 900, 1), random)
    const before = process.cpuUsage()
    try {
      readEntries(readPage(body), monday)
    } catch (error) {
      if (!(error instanceof SourceError)) throw error
    }
    slowest = Math.max(slowest, process.cpuUsage(before).user / 1000)
  }
  console.info(`fuzz: ${bodies} hostile bodies, the slowest took ${Math.round(slowest)} ms`)
  expect(slowest).toBeLessThan(1000)
})

const paths = () => [
  '/',
  ...[0, 1, 2, 3].map((day) => `/papers/${addDays(monday, day)}`),
  ...[0, 1, 2, 3].map((day) => `/editions/${addDays(monday, day)}`),
  '/papers/week/2026-W32',
  '/papers/month/2026-08',
  '/papers',
  ...['fuzz', 'agent x', '"mail leaked"', 'frac -matrix', '\'"<>', '%'.repeat(2000)].flatMap((q) => {
    const asked = encodeURIComponent(q)
    return [
      `/papers?q=${asked}`,
      `/feed.xml?q=${asked}`,
      `/feed.json?q=${asked}`,
      `/api/v1/papers?q=${asked}&limit=100`,
    ]
  }),
  ...Array.from({ length: 50 }, (_, i) => `/papers/2607.${String(i).padStart(5, '0')}`),
  ...Array.from({ length: 50 }, (_, i) => `/api/v1/papers/2607.${String(i).padStart(5, '0')}`),
  '/papers/2607.00003/ris',
  '/papers/2607.00003/bibtex',
  '/editions',
  '/feed.xml',
  '/feed.json',
  '/api/v1/papers?limit=100',
  '/api/v1/editions',
]

it('no page of hostile days is a fault, larger than 400 kB, slower than a second, or lets markup through', async () => {
  const faults: string[] = []
  // What is done once in the life of a process is not the page's.
  await app.inject('/papers?q=nothing')
  for (const url of paths()) {
    const before = process.cpuUsage()
    const answer = await app.inject({ url, headers: { accept: 'text/html,*/*' } })
    const { user, system } = process.cpuUsage(before)
    const milliseconds = Math.round((user + system) / 1000)
    const bytes = answer.rawPayload.length
    if (answer.statusCode >= 500) faults.push(`${url}: ${answer.statusCode}`)
    if (milliseconds > 1000) faults.push(`${url}: ${milliseconds} ms`)
    if (bytes > 400_000 && !url.startsWith('/api/')) faults.push(`${url}: ${bytes} bytes`)
    const isHtml = String(answer.headers['content-type']).startsWith('text/html')
    if (isHtml && /<script>fuzz|<img src=x|<svg onload|href="(?:javascript|data):/i.test(answer.body)) {
      faults.push(`${url}: markup`)
    }
  }
  expect(faults).toEqual([])
})

it('no address stands in a log at level trace', () => {
  expect(logged()).toContain('looked at the source')
  expect(logged()).not.toContain(leaked)
})
