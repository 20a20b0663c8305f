import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildEdition } from '../../../src/editions/building/build.js'
import { buildServer } from '../../../src/http/server.js'
import { foundPaper, keepPapers } from '../../support/kept-papers.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

let app: FastifyInstance

beforeAll(async () => {
  const { db } = await testDatabase()
  const clock = stoppedClock('2026-08-10T08:00:00Z')
  const services = await testServices(db, { EDITION_SIZE: '3' }, { clock })
  for (const [day, mark] of [
    ['2026-08-05', 1],
    ['2026-08-06', 2],
    ['2026-08-07', 3],
  ] as const) {
    const papers = [1, 2, 3].map((i) =>
      foundPaper({
        id: `2608.${10 * mark + i}`.padEnd(10, '0'),
        title: `Agents & <i>plans</i>, ${mark}-${i}`,
        organisation: i === 1 ? 'An Institute' : 'Another',
        votes: 10 - i,
      }),
    )
    await keepPapers(db, day, papers)
    await buildEdition(services, 'daily', day)
  }
  app = await buildServer(services)
})
afterAll(() => app.close())

const read = async (url: string) => (await app.inject({ url, headers: { accept: 'text/html' } })).body
const linkIn = (body: string, pattern: RegExp) => pattern.exec(body)?.[1]?.replaceAll('&amp;', '&') ?? ''

const pages = ['/papers/2026-08-06', '/papers/week/2026-W32', '/papers/month/2026-08', '/papers/2608.11000']

describe('whoever comes by a link', () => {
  it.each([...pages, '/editions/2026-08-06'])('can sign up at %s', async (url) => {
    const body = await read(url)
    expect(body).toMatch(/<form[^>]+method="post"[^>]+action="\/api\/v1\/subscribers"/)
    expect(body).toMatch(/<label[^>]+for="email">/)
    expect(body).toMatch(/name="stamp" value="[^"]+"/)
  })

  it.each([...pages, '/editions/2026-08-06'])('can pass on %s', async (url) => {
    const body = await read(url)
    const mail = new URL(linkIn(body, /href="(mailto:\?[^"]+)"/))
    expect(mail.searchParams.get('subject')).toMatch(/Agents & <i>plans<\/i>, 1-1|2026/)
    expect(mail.searchParams.get('body')).toContain(`http://papers.test${url}\r\n`)
    expect(body).toContain(`readonly value="http://papers.test${url}"`)
  })

  it('can cite a paper', async () => {
    const body = await read('/papers/2608.11000')
    for (const form of ['bibtex', 'ris']) {
      const answer = await app.inject(linkIn(body, new RegExp(`href="(/papers/2608\\.11000/${form})"`)))
      expect(answer.statusCode).toBe(200)
    }
  })
})

describe('the page of an edition', () => {
  it('leads to those before and after it, and to the site', async () => {
    const body = await read('/editions/2026-08-06')
    expect(body).toMatch(/rel="prev" href="\/editions\/2026-08-05"/)
    expect(body).toMatch(/rel="next" href="\/editions\/2026-08-07"/)
    for (const path of ['/', '/editions', '/papers']) expect(body).toContain(`href="${path}"`)
  })

  it('leads nowhere where there is none', async () => {
    expect(await read('/editions/2026-08-05')).not.toContain('rel="prev"')
    expect(await read('/editions/2026-08-07')).not.toContain('rel="next"')
  })

  it('lets its form go to us and nowhere else', async () => {
    const { headers } = await app.inject({ url: '/editions/2026-08-06', headers: { accept: 'text/html' } })
    expect(headers['content-security-policy']).toContain("form-action 'self'")
    expect(headers['content-security-policy']).toContain("default-src 'none'")
  })
})

describe('a search', () => {
  it.each([
    ['/papers?q=agents', '/feed.xml?q=agents', 9],
    ['/papers?organisation=an+institute', '/feed.xml?organisation=an+institute', 3],
    ['/papers?q=agents&organisation=Another', '/feed.xml?q=agents&organisation=Another', 6],
  ])('%s is a feed', async (url, feed, papers) => {
    const body = await read(url)
    expect(linkIn(body, /<a href="([^"]+)">Subscribe to this search as a feed/)).toBe(feed)
    expect(body).toMatch(
      /rel="alternate" type="application\/atom\+xml" title="Search[^"]*" href="\/feed\.xml\?/,
    )
    const atom = await app.inject(feed)
    expect(atom.body.match(/<entry>/g)).toHaveLength(papers)
    const json = (await app.inject(feed.replace('.xml', '.json'))).json<{
      items: object[]
      feed_url: string
    }>()
    expect(json.items).toHaveLength(papers)
    expect(json.feed_url).toBe(`http://papers.test${feed.replace('.xml', '.json')}`)
  })

  it.each(['/papers', '/papers?q=agents&to=2026-08-05'])('%s is none', async (url) => {
    expect(await read(url)).not.toContain('as a feed')
  })
})
