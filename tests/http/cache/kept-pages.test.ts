import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KeptPages } from '../../../src/http/cache/kept-pages.js'
import { buildServer } from '../../../src/http/server.js'
import { foundPaper, keepPapers } from '../../support/kept-papers.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

let app: FastifyInstance
let url: string
const clock = stoppedClock('2026-08-09T08:00:00Z')

beforeAll(async () => {
  const { db } = await testDatabase()
  await keepPapers(db, '2026-08-07', [foundPaper({ id: '2608.00001', title: 'Kept' })])
  app = await buildServer(await testServices(db, {}, { clock }))
  url = await app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => app.close())

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${url}${path}`, { headers: { 'accept-encoding': 'identity', ...headers } })

const headersOf = (answer: Response) => {
  const { date, 'keep-alive': alive, connection, ...headers } = Object.fromEntries(answer.headers)
  expect([typeof date, typeof alive, typeof connection]).toEqual(['string', 'string', 'string'])
  return headers
}

const answersCounted = async (route: string): Promise<number> => {
  const text = await (await get('/metrics')).text()
  const line = text
    .split('\n')
    .find(
      (one) =>
        one.startsWith('daily_papers_http_request_seconds_count') &&
        one.includes(`route="${route}",status="2xx"`),
    )
  return Number(line?.split(' ').at(-1))
}

describe('a page that is kept', () => {
  it.each(['identity', 'gzip'])('is answered as it was the first time, %s', async (encoding) => {
    const path = `/papers/2026-08-07?${encoding}`
    const first = await get(path, { 'accept-encoding': encoding })
    const again = await get(path, { 'accept-encoding': encoding })
    expect([first.status, again.status]).toEqual([200, 200])
    expect(headersOf(again)).toEqual(headersOf(first))
    expect(headersOf(again)).toMatchObject({
      'content-security-policy': expect.any(String),
      etag: expect.any(String),
    })
    expect(await again.text()).toBe(await first.text())
  })

  it('is not sent again to those who have it', async () => {
    const first = await get('/papers/2026-08-07?held')
    const tag = first.headers.get('etag') ?? ''
    for (const held of [tag, `W/${tag}`, '*']) {
      const again = await get('/papers/2026-08-07?held', { 'if-none-match': held })
      expect([again.status, await again.text()]).toEqual([304, ''])
      expect(again.headers.get('etag')).toBe(tag)
      expect(again.headers.get('content-security-policy')).toBe(first.headers.get('content-security-policy'))
    }
  })

  it('counts in the metrics like any other answer', async () => {
    const before = await answersCounted('/papers/:name')
    for (let i = 0; i < 4; i += 1) await (await get('/papers/2026-08-07?counted')).text()
    expect((await answersCounted('/papers/:name')) - before).toBe(4)
  })

  it('leaves other methods to the routes', async () => {
    await (await get('/papers/2026-08-07?post')).text()
    const answer = await fetch(`${url}/papers/2026-08-07?post`, { method: 'POST' })
    expect(answer.status).toBe(404)
    const head = await fetch(`${url}/papers/2026-08-07?post`, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })
})

describe('the room that kept pages take', () => {
  it('does not grow by parameters that no route knows', async () => {
    const { db } = await testDatabase()
    await keepPapers(db, '2026-08-07', [foundPaper({ id: '2608.00001', title: 'Kept' })])
    const site = await buildServer(await testServices(db, {}, { clock }))
    const bodies = new Set<string>()
    for (let n = 0; n < 200; n += 1) {
      for (const path of ['/papers/2026-08-07', '/papers?q=kept', '/', '/feed.xml']) {
        const url = `${path}${path.includes('?') ? '&' : '?'}x${n}=${n}&utm_source=${n}`
        bodies.add(
          `${path} ${(await site.inject({ url, headers: { 'accept-encoding': 'identity' } })).headers['etag']}`,
        )
      }
    }
    expect(bodies.size).toBe(4)
    expect(site.pages.size().pages).toBe(4)
    await site.close()
  })

  it('is bounded in bytes', async () => {
    const kept = new KeptPages(clock)
    for (let n = 0; n < 100; n += 1) {
      await kept.keep(`/${n}`, '/:n', 'text/html', async () => randomBytes(500_000).toString('latin1'))
    }
    expect(kept.size().bytes).toBeLessThanOrEqual(32 * 1024 * 1024)
    expect(kept.size().pages).toBeGreaterThan(5)
  })
})
