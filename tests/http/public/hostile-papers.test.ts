/** Pages and feeds of days that hold nothing but hostile papers. */
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addDays } from '../../../src/clock.js'
import { buildEdition } from '../../../src/editions/building/build.js'
import { buildServer } from '../../../src/http/server.js'
import type { FoundPaper } from '../../../src/papers/paper.js'
import { hostileTexts } from '../../support/hostile-texts.js'
import { foundPaper, keepPapers } from '../../support/kept-papers.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

let app: FastifyInstance
const clock = stoppedClock('2026-08-10T08:00:00Z')
const monday = '2026-08-03'
const texts = Object.values(hostileTexts)
const longUrl = (name: string) => `https://${name}.example/?${'&'.repeat(900)}`

function hostilePaper(number: number): FoundPaper {
  const text = (shift: number) => texts[(number + shift) % texts.length] ?? ''
  return foundPaper({
    id: `2608.${String(number).padStart(5, '0')}`,
    title: `Agent ${text(0)}`.slice(0, 500),
    abstract: `Agent ${text(1)}`.slice(0, 10_000),
    summary: number % 2 ? text(2).slice(0, 1000) : null,
    authors: Array.from({ length: [5000, 3, 0][number % 3] ?? 0 }, (_, i) => `${i} ${`"'`.repeat(95)}`),
    authorCount: 5000,
    organisation: number + `"'`.repeat(97),
    keywords: Array.from({ length: 30 }, (_, i) => `${i}${`"'`.repeat(49)}`),
    codeUrl: longUrl('code'),
    projectUrl: longUrl('project'),
    votes: number,
  })
}

beforeAll(async () => {
  const { db } = await testDatabase()
  const services = await testServices(db, { EDITION_SIZE: '50' }, { clock })
  for (let back = 0; back < 2; back += 1) {
    const papers = Array.from({ length: 50 }, (_, i) => hostilePaper(back * 50 + i))
    await keepPapers(db, addDays(monday, back), papers)
    await buildEdition(services, 'daily', addDays(monday, back))
  }
  app = await buildServer(services)
  // What is done once in the life of a process is not the page's.
  await app.inject('/papers?q=nothing')
})
afterAll(() => app.close())

/** With the processor's time that the answer took, whatever else the machine does. */
async function ask(url: string) {
  const before = process.cpuUsage()
  const answer = await app.inject({ url, headers: { accept: 'text/html' } })
  const { user, system } = process.cpuUsage(before)
  return { answer, milliseconds: (user + system) / 1000 }
}

const paths = [
  '/',
  `/papers/${monday}`,
  '/papers/week/2026-W32',
  '/papers/month/2026-08',
  '/papers?q=agent',
  '/papers?q=x',
  `/papers?q=${'%22'.repeat(1900)}agent`,
  '/papers',
  '/papers/2608.00000',
  '/papers/2608.00001',
  '/papers/2608.00003',
  '/editions',
  `/editions/${monday}`,
  '/feed.xml',
  '/feed.json',
  '/feed.xml?q=agent',
  '/feed.json?q=agent',
  '/papers/2608.00003/bibtex',
  '/papers/2608.00003/ris',
]

it.each(paths)('answers %.60s within a second and 400 kB', async (url) => {
  const { answer, milliseconds } = await ask(url)
  expect(milliseconds).toBeLessThan(1000)
  expect(answer.statusCode).toBe(200)
  expect(answer.rawPayload.length).toBeLessThan(400_000)
})

it('still shows every paper of a day', async () => {
  const { body } = await app.inject(`/papers/${monday}`)
  for (let number = 0; number < 50; number += 1) {
    expect(body).toContain(`/papers/2608.${String(number).padStart(5, '0')}"`)
  }
})
