import { XMLParser, XMLValidator } from 'fast-xml-parser'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildServer } from '../../../src/http/server.js'
import { foundPaper, keepPapers } from '../../support/kept-papers.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

let app: FastifyInstance

beforeAll(async () => {
  const { db } = await testDatabase()
  const clock = stoppedClock('2026-08-09T08:00:00Z')
  await keepPapers(db, '2026-08-05', [
    foundPaper({
      id: '2608.00001',
      title: 'Diffusion <b>models</b> for & proteins',
      abstract: 'Of folding.',
    }),
    foundPaper({
      id: '2608.00002',
      title: 'Speech',
      abstract: 'A diffusion model of speech.',
      organisation: 'MIT',
    }),
  ])
  const more = Array.from({ length: 25 }, (_, i) =>
    foundPaper({ id: `2608.1${String(i).padStart(4, '0')}`, title: `Robots number ${i}`, votes: i }),
  )
  await keepPapers(db, '2026-08-06', more)
  app = await buildServer(await testServices(db, {}, { clock }))
})
afterAll(() => app.close())

const get = (url: string) => app.inject({ url, headers: { accept: 'text/html' } })

it('takes 120 searches at once right after an ingest, without a fault', async () => {
  const { db } = await testDatabase()
  const papers = Array.from({ length: 50 }, (_, i) =>
    foundPaper({ id: `2608.2${String(i).padStart(4, '0')}`, title: `Robots that fold proteins, part ${i}` }),
  )
  await keepPapers(db, '2026-08-06', papers)
  const fresh = await buildServer(await testServices(db))
  const answers = await Promise.all(
    Array.from({ length: 120 }, (_, i) => fresh.inject(`/papers?q=robots+protein+${i}`)),
  )
  // A machine that is busy beyond measure may say so, and when to come back.
  const faults = answers.filter(({ statusCode, headers }) => statusCode !== 200 && !headers['retry-after'])
  expect(faults.map(({ statusCode }) => statusCode)).toEqual([])
  expect(answers.filter(({ statusCode }) => statusCode === 200).length).toBeGreaterThan(0)
  await fresh.close()
})

describe('the search page', () => {
  it('shows a form and the newest papers', async () => {
    const { body } = await get('/papers')
    expect(body).toMatch(/<form[^>]+method="get"[^>]+action="\/papers"/)
    expect(body).toContain('Robots number 24')
  })

  it('marks what was found and lets no markup through', async () => {
    const { body } = await get('/papers?q=diffusion+models')
    expect(body).toContain('<mark>Diffusion</mark> &lt;b&gt;<mark>models</mark>&lt;/b&gt; for &amp; proteins')
    expect(body).toContain('value="diffusion models"')
    expect(body).toContain('href="/feed.xml?q=diffusion+models"')
  })

  it('says how many papers there are, on the first page', async () => {
    expect((await get('/papers?q=robots')).body).toContain('<span class="fine">25 papers</span>')
    expect((await get('/papers?q=diffusion+models&organisation=mit')).body).toContain('>1 paper<')
    expect((await get('/papers?q=nothing')).body).not.toMatch(/class="fine">\d/)
  })

  it('takes filters, and fields that were left empty', async () => {
    const { body } = await get('/papers?q=diffusion&organisation=MIT&from=&to=')
    expect(body).toContain('2608.00002')
    expect(body).not.toContain('2608.00001')
  })

  it('pages', async () => {
    const first = await get('/papers?q=robots')
    const next = /rel="next" href="([^"]+)"/.exec(first.body)?.[1]?.replaceAll('&amp;', '&')
    const second = await get(next ?? '')
    const shown = (body: string) => [...body.matchAll(/<h2><a href="([^"]+)"/g)].map((match) => match[1])
    expect(new Set([...shown(first.body), ...shown(second.body)]).size).toBe(25)
    expect(second.body).not.toContain('rel="next"')
  })

  it.each(['2608.00002', 'arXiv:2608.00002v2', 'https://arxiv.org/pdf/2608.00002'])(
    'goes straight to the paper for %s',
    async (q) => {
      const answer = await get(`/papers?q=${encodeURIComponent(q)}`)
      expect([answer.statusCode, answer.headers.location]).toEqual([302, '/papers/2608.00002'])
    },
  )

  it.each(['q=zzzqqqxxx', 'q=%22', 'q=-', 'q=%3A*%26%7C!', 'q=2608.77777'])(
    'finds nothing for %s',
    async (query) => {
      const answer = await get(`/papers?${query}`)
      expect(answer.statusCode).toBe(200)
      expect(answer.body).toMatch(/Nothing was found/)
    },
  )

  it.each([
    ['the', 0],
    ['s', 0],
    ['robots '.repeat(250), 20],
    ['"model of speech', 1],
    ['扩散', 0],
    ['DIFFUSIÓN', 2],
    ['robots -number', 0],
    ['-robots', 0],
    ['speech "" - diffusion', 1],
    ['<script>alert(1)</script>', 0],
  ])('answers %j', async (q, expected) => {
    const answer = await get(`/papers?q=${encodeURIComponent(q)}`)
    expect(answer.statusCode).toBe(200)
    expect(answer.body.split('<li class="paper">')).toHaveLength(expected + 1)
    expect(answer.body).not.toContain('<script>alert')
  })

  it('pages through the newest papers too', async () => {
    const first = await get('/papers')
    const next = /rel="next" href="([^"]+)"/.exec(first.body)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const second = await get(next)
    expect(second.body.split('<li class="paper">')).toHaveLength(27 - 20 + 1)
    expect(second.body).toContain('2608.00001')
    expect(second.body).not.toContain('rel="next"')
  })

  it('shows what is related on the page of a paper', async () => {
    expect((await get('/papers/2608.00001')).body).not.toContain('href="/papers/2608.00001">')
    expect((await get('/papers/2608.10001')).body).toContain('Related papers')
  })
})

describe('the search of the API', () => {
  type List = { items: { id: string }[]; next: string | null }
  const list = async (query: string) => (await app.inject(`/api/v1/papers?${query}`)).json<List>()

  it('finds by words and by id', async () => {
    expect((await list('q=diffusion')).items.map(({ id }) => id).sort()).toEqual(['2608.00001', '2608.00002'])
    expect((await list('q=2608.00002')).items.map(({ id }) => id)).toEqual(['2608.00002'])
  })

  it('sorts by date where that is asked for', async () => {
    const newest = (await list('q=robots&sort=newest&limit=5')).items.map(({ id }) => id)
    expect(newest).toEqual(['2608.10000', '2608.10001', '2608.10002', '2608.10003', '2608.10004'])
    expect((await list('q=robots&limit=1')).items[0]?.id).toBe('2608.10024')
  })

  it('pages without gaps or repetitions', async () => {
    const seen: string[] = []
    for (let next: string | null = ''; next !== null; ) {
      const page: List = await list(`q=robots&limit=10${next && `&cursor=${next}`}`)
      seen.push(...page.items.map(({ id }) => id))
      next = page.next
    }
    expect([seen.length, new Set(seen).size]).toEqual([25, 25])
  })

  it('refuses a cursor that is not its own', async () => {
    for (const cursor of ['x', Buffer.from('["2026-02-30","1","x"]').toString('base64url')]) {
      expect((await app.inject(`/api/v1/papers?q=robots&cursor=${cursor}`)).statusCode).toBe(400)
    }
  })
})

describe('the feed of a search', () => {
  it('has its papers', async () => {
    const { body } = await app.inject('/feed.xml?q=diffusion')
    expect(XMLValidator.validate(body)).toBe(true)
    const { feed } = new XMLParser().parse(body) as { feed: { title: string; entry: { id: string }[] } }
    expect(feed.title).toBe('Daily Papers: diffusion')
    expect(feed.entry).toHaveLength(2)
    const json = (await app.inject('/feed.json?q=diffusion')).json<{ items: object[] }>()
    expect(json.items).toHaveLength(2)
  })
})
