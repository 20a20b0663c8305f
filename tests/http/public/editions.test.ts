import { XMLParser, XMLValidator } from 'fast-xml-parser'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildEdition } from '../../../src/editions/building/build.js'
import { buildServer } from '../../../src/http/server.js'
import { foundPaper, keepPapers } from '../../support/kept-papers.js'
import { shownPapers } from '../../support/shown-papers.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

let app: FastifyInstance

const hostile = 'A <b>bold</b> ]]> claim & "more" in $O(n^2)$'

beforeAll(async () => {
  const { db } = await testDatabase()
  const clock = stoppedClock('2026-08-10T08:00:00Z')
  const services = await testServices(db, { EDITION_SIZE: '4' }, { clock })
  const recorded = shownPapers(8)
  for (const [day, papers] of [
    ['2026-08-06', recorded.slice(0, 4)],
    ['2026-08-07', recorded.slice(4)],
  ] as const) {
    const found = papers.map((paper, i) =>
      foundPaper({
        id: paper.id,
        title: i === 0 ? `${hostile} ${day}` : paper.title,
        abstract: paper.summary,
        authors: paper.authors,
        votes: 90 - 20 * i,
      }),
    )
    await keepPapers(db, day, found)
    await buildEdition(services, 'daily', day)
  }
  await keepPapers(db, '2026-08-08', [])
  await buildEdition(services, 'daily', '2026-08-08')
  await buildEdition(services, 'daily', '2026-08-09', { freeze: false }).catch(() => {})
  app = await buildServer(services)
})
afterAll(() => app.close())

const get = (url: string) => app.inject({ url, headers: { accept: 'text/html' } })

describe('the archive', () => {
  it('lists what was mailed, newest first', async () => {
    const { body } = await get('/editions')
    expect(body.indexOf('/editions/2026-08-07')).toBeGreaterThan(0)
    expect(body.indexOf('/editions/2026-08-07')).toBeLessThan(body.indexOf('/editions/2026-08-06'))
    expect(body).not.toContain('/editions/2026-08-08')
    expect(body).toContain('4 papers')
  })

  it('shows the mail as a page, without anybody’s own links', async () => {
    const answer = await get('/editions/2026-08-07')
    expect(answer.statusCode).toBe(200)
    expect(answer.body).toContain(shownPapers(8)[7]?.title ?? 'no title')
    expect(answer.body).not.toMatch(/@@|\/unsubscribe\//)
    expect(answer.headers['content-security-policy']).not.toContain('script-src')
  })

  it.each([
    ['/editions/2026-08-08', 'No papers were listed'],
    ['/editions/2026-08-09', 'There is no edition'],
    ['/editions/2026-W54', 'neither a day nor a week'],
    ['/editions/2026-W32', 'There is no edition'],
  ])('says why there is nothing at %s', async (url, why) => {
    const answer = await get(url)
    expect(answer.statusCode).toBe(404)
    expect(answer.body).toContain(why)
    expect(answer.body).toContain('rel="stylesheet"')
    expect(answer.headers['content-security-policy']).toContain("style-src 'self'")
  })

  it('tells search engines and feed readers what an edition is', async () => {
    const { body } = await get('/editions/2026-08-07')
    const head = body.slice(0, body.indexOf('</head>'))
    expect(head).toContain('<link rel="canonical" href="http://papers.test/editions/2026-08-07">')
    expect(head).toMatch(/<meta name="description" content="[^"<>]*A &lt;b&gt;bold&lt;\/b&gt; \]\]&gt; claim/)
    expect(head).toMatch(/rel="alternate" type="application\/atom\+xml"[^>]*href="\/feed\.xml"/)
    expect(head).toMatch(/rel="icon" href="\/assets\/icon\.svg\?v=/)
  })
})

describe('the API of editions', () => {
  it('lists them a page at a time', async () => {
    const first = (await app.inject('/api/v1/editions?limit=1')).json<{ items: unknown[]; next: string }>()
    expect(first.items).toMatchObject([
      {
        kind: 'daily',
        period: '2026-08-07',
        number: 2,
        paperCount: 4,
        url: 'http://papers.test/editions/2026-08-07',
      },
    ])
    const second = (await app.inject(`/api/v1/editions?limit=1&cursor=${first.next}`)).json<object>()
    expect(second).toMatchObject({ items: [{ period: '2026-08-06', number: 1 }], next: null })
  })

  it('gives one with its papers as they were mailed', async () => {
    const answer = await app.inject('/api/v1/editions/2026-08-06')
    expect(answer.json()).toMatchObject({
      subject: expect.stringMatching(/ and \d+ more$/),
      papers: [
        {
          rank: 1,
          title: `${hostile} 2026-08-06`,
          votes: 90,
          url: expect.stringContaining(shownPapers(1)[0]?.id ?? 'no id'),
        },
        {},
        {},
        {},
      ],
    })
  })
})

describe('feeds', () => {
  it('are sound Atom, whatever titles hold', async () => {
    const answer = await app.inject('/feed.xml')
    expect(answer.headers['content-type']).toContain('application/atom+xml')
    expect(XMLValidator.validate(answer.body)).toBe(true)
    const { feed } = new XMLParser({ ignoreAttributes: false }).parse(answer.body) as {
      feed: { id: string; entry: { title: { '#text': string }; content: { '#text': string } }[] }
    }
    expect(feed.id).toBe('http://papers.test/')
    expect(feed.entry).toHaveLength(2)
    expect(feed.entry[0]?.content['#text']).toContain('&lt;b&gt;bold&lt;/b&gt;')
    // A title of type "html": a reader that unescapes once sees what the paper is called.
    const title = feed.entry[0]?.title as { '#text': string; '@_type': string }
    expect(title['@_type']).toBe('html')
    expect(title['#text']).toContain('A &lt;b&gt;bold&lt;/b&gt; ]]&gt; claim &amp;')
  })

  it('come as JSON too', async () => {
    const feed = (await app.inject('/feed.json')).json<{
      version: string
      items: { id: string; title: string }[]
    }>()
    expect(feed.version).toBe('https://jsonfeed.org/version/1')
    expect(feed.items[0]?.title).toContain('A <b>bold</b> ]]> claim &')
    expect(feed.items.map((item) => item.id)).toEqual([
      'http://papers.test/editions/2026-08-07',
      'http://papers.test/editions/2026-08-06',
    ])
  })
})

describe('files for search engines', () => {
  it('lead from robots.txt to every page', async () => {
    expect((await app.inject('/robots.txt')).body).toContain('Sitemap: http://papers.test/sitemap.xml')
    const index = (await app.inject('/sitemap.xml')).body
    expect(XMLValidator.validate(index)).toBe(true)
    expect(index).toContain('<sitemap><loc>http://papers.test/sitemaps/2026-08</loc></sitemap>')
    const month = (await app.inject('/sitemaps/2026-08')).body
    expect(XMLValidator.validate(month)).toBe(true)
    expect(month).toContain('<loc>http://papers.test/papers/2026-08-07</loc>')
    expect(month).toContain(`<loc>http://papers.test/papers/${shownPapers(1)[0]?.id}</loc>`)
    expect((await app.inject('/sitemaps/2026-13')).statusCode).toBe(404)
  })
})
