import { gunzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Services } from '../../../src/services.js'
import { buildServer } from '../../../src/http/server.js'
import { foundPaper, keepPapers } from '../../support/kept-papers.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

let app: FastifyInstance
let services: Services
const clock = stoppedClock('2026-08-09T08:00:00Z')

beforeAll(async () => {
  const { db } = await testDatabase()
  services = await testServices(db, {}, { clock })
  await keepPapers(db, '2026-08-05', [foundPaper({ id: 'math/0309136', title: 'Of old' })])
  await keepPapers(db, '2026-08-07', [
    foundPaper({ id: '2608.00001', title: 'Second', votes: 3 }),
    foundPaper({
      id: '2608.00002',
      title: '<script>First</script> in $O(n^2)$',
      abstract: 'Bounds of 5\\% & more.',
      summary: 'It is quick.',
      authors: ['A & B', 'C', 'D', 'E'],
      authorCount: 34,
      organisation: 'An <b>institute</b>',
      codeUrl: 'https://github.com/a/b',
      votes: 1204,
      comments: 1,
      stars: 7,
    }),
  ])
  await keepPapers(db, '2026-08-10', [foundPaper({ id: '2608.00009', title: 'Of tomorrow' })])
  app = await buildServer(services)
})
afterAll(() => app.close())

const browser = { accept: 'text/html,*/*;q=0.8' }
const read = async (url: string) => (await app.inject({ url, headers: browser })).body

describe('the front page', () => {
  it('has the newest papers and the form', async () => {
    const body = await read('/')
    expect(body).toContain('Get trending papers in your email inbox!')
    expect(body).toContain('by AK and the research community')
    expect(body).toContain('Monday, 10 August 2026')
    expect(body).toMatch(/<form[^>]+method="post"[^>]+action="\/api\/v1\/subscribers"/)
    expect(body).toContain('Of tomorrow')
  })

  it('says so before the first papers', async () => {
    const { db } = await testDatabase()
    const empty = await buildServer(await testServices(db))
    expect((await empty.inject('/')).body).toContain('The first papers are on their way.')
    await empty.close()
  })
})

describe('a day', () => {
  it('lists its papers by votes, with what is known of them', async () => {
    const body = await read('/papers/2026-08-07')
    expect(body.indexOf('2608.00002')).toBeLessThan(body.indexOf('2608.00001'))
    for (const text of [
      '34 authors',
      'A &amp; B, C, D et\u00A0al.',
      'An &lt;b&gt;institute&lt;/b&gt;',
      '30 July 2026',
      '1,204 upvotes',
      '<p class="abstract">It is quick.</p>',
      'Bounds of 5% &amp; more.',
      'https://github.com/a/b',
      'https://arxiv.org/pdf/2608.00002',
    ]) {
      expect(body).toContain(text)
    }
    // One comment and seven stars are better not told.
    expect(body).not.toMatch(/\d stars?\b|\d comments?\b/)
    for (const [path, label] of [
      ['/papers/2026-08-07" aria-current="page', 'Day'],
      ['/papers/week/2026-W32', 'Week'],
      ['/papers/month/2026-08', 'Month'],
    ])
      expect(body).toContain(`<a href="${path}">${label}</a>`)
  })

  it('says which papers rise, and which stay on the list', async () => {
    const { db } = await testDatabase()
    const clock = stoppedClock('2026-08-12T07:00:00Z')
    const rising = foundPaper({ id: '2608.00003', title: 'Rising', votes: 60 })
    const steady = foundPaper({
      id: '2608.00004',
      title: 'Steady',
      votes: 60,
      comments: 4,
      authorTalks: true,
    })
    for (const day of ['2026-08-10', '2026-08-11'])
      await keepPapers(db, day, [{ ...rising, votes: 22 }, steady])
    await db.sql(`DELETE FROM snapshot WHERE seen_at < '2026-08-11T12:00:00Z'`)
    await db.sql(
      `INSERT INTO snapshot (paper_id, seen_at, votes, comments) VALUES ($1, '2026-08-12T06:00:00Z', 60, 0), ($2, '2026-08-12T06:00:00Z', 60, 0)`,
      [rising.id, steady.id],
    )
    const site = await buildServer(await testServices(db, {}, { clock }))
    const itemOf = async (url: string, title: string) =>
      (await site.inject(url)).body.split('<li class="paper">').find((item) => item.includes(`>${title}<`))
    expect(await itemOf('/papers/2026-08-11', 'Rising')).toContain(
      '<span>+38 overnight, second day on the list</span>',
    )
    expect(await itemOf('/papers/2026-08-10', 'Steady')).not.toContain('day on the list')
    expect(await itemOf('/', 'Steady')).toContain(
      '<span>second day on the list, the author answers questions</span>',
    )
    await site.close()
    // A week later it is no news any more.
    const later = await buildServer(
      await testServices(db, {}, { clock: stoppedClock('2026-08-19T07:00:00Z') }),
    )
    expect((await later.inject('/papers/2026-08-11')).body).not.toContain('overnight')
    await later.close()
  })

  it('draws formulas and lets no markup through', async () => {
    const body = await read('/papers/2026-08-07')
    expect(body).toContain('<msup><mi>n</mi><mn>2</mn></msup>')
    expect(body).not.toContain('<script')
  })

  it('leads to the days before and after that have papers', async () => {
    const body = await read('/papers/2026-08-07')
    expect(body).toContain('rel="prev" href="/papers/2026-08-05"')
    expect(body).toContain('rel="next" href="/papers/2026-08-10"')
  })

  it('says so when it had none', async () => {
    const answer = await app.inject({ url: '/papers/2026-08-08', headers: browser })
    expect(answer.statusCode).toBe(200)
    expect(answer.body).toContain('No papers were listed on this day.')
  })

  it.each([
    '/papers/2026-08-11',
    '/papers/2020-01-01',
    '/papers/2026-02-30',
    '/papers/0000-01-01',
    '/papers/9999-12-31',
    '/papers/week/0000-W01',
    '/papers/month/0000-01',
    '/papers/nonsense',
  ])('is not found at %s', async (url) => {
    const answer = await app.inject({ url, headers: browser })
    expect(answer.statusCode).toBe(404)
    expect(answer.body).toContain('There is nothing here')
  })
})

describe('a paper', () => {
  it('has a page', async () => {
    const body = await read('/papers/2608.00002')
    expect(body).toContain('<title>&lt;script&gt;First&lt;/script&gt; in O(n²) · Daily Papers</title>')
    expect(body).toContain('It is quick.')
    expect(body).toContain(
      '<a href="/papers?q=%22A+%26+B%22">A &amp; B</a>, <a href="/papers?q=%22C%22">C</a>',
    )
    expect(body).toContain('<a href="/papers?organisation=An+%3Cb%3Einstitute%3C%2Fb%3E">')
    expect(body).toContain('@misc{')
    expect(body).toContain('href="/papers/2026-08-07"')
    expect(body).toContain('<link rel="canonical" href="http://papers.test/papers/2608.00002">')
  })

  it('has a page under an id of the old kind', async () => {
    expect(await read('/papers/math/0309136')).toContain('Of old')
    expect(await read('/papers/math%2F0309136')).toContain('Of old')
  })

  it.each([
    ['/papers/2608.00002v3', '/papers/2608.00002'],
    ['/papers/math/0309136v2', '/papers/math/0309136'],
  ])('is moved from %s', async (from, to) => {
    const answer = await app.inject({ url: from, headers: browser })
    expect(answer.statusCode).toBe(301)
    expect(answer.headers.location).toBe(to)
  })

  it.each(['/papers/2608.77777', '/papers/math/0000000', '/papers/a/b'])(
    'is not found at %s',
    async (url) => {
      expect((await app.inject({ url, headers: browser })).statusCode).toBe(404)
    },
  )
})

describe('pages from the cache', () => {
  const get = (headers: Record<string, string>) => app.inject({ url: '/papers/2026-08-05?cached', headers })

  it('carry a tag and are not sent again to those who have them', async () => {
    const first = await get({})
    const tag = String(first.headers['etag'])
    expect(first.headers['cache-control']).toBe('public, max-age=30')
    for (const held of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const again = await get({ 'if-none-match': held })
      expect(again.statusCode).toBe(304)
      expect(again.body).toBe('')
      expect(again.headers['etag']).toBe(tag)
    }
    expect((await get({ 'if-none-match': '"other"' })).statusCode).toBe(200)
  })

  it('come packed to those who take it, under another tag', async () => {
    const plain = await get({})
    const packed = await get({ 'accept-encoding': 'br, gzip;q=0.5' })
    expect(packed.headers['content-encoding']).toBe('gzip')
    expect(packed.headers['vary']).toBe('accept-encoding')
    expect(packed.headers['etag']).not.toBe(plain.headers['etag'])
    expect(gunzipSync(packed.rawPayload).toString()).toBe(plain.body)
    expect((await get({ 'accept-encoding': 'gzip;q=0' })).headers['content-encoding']).toBeUndefined()
  })

  it('are made anew within a minute', async () => {
    const before = await read('/papers/2026-08-05?fresh')
    await keepPapers(services.db, '2026-08-05', [foundPaper({ id: 'math/0309136', title: 'Renamed' })])
    expect(await read('/papers/2026-08-05?fresh')).toBe(before)
    clock.set('2026-08-09T08:00:30Z')
    expect(await read('/papers/2026-08-05?fresh')).toContain('Renamed')
  })

  it('forget what failed', async () => {
    const url = '/papers/2608.00777'
    expect((await app.inject(url)).statusCode).toBe(404)
    await keepPapers(services.db, '2026-08-05', [foundPaper({ id: '2608.00777' })])
    expect((await app.inject(url)).statusCode).toBe(200)
  })
})

describe('weeks and months', () => {
  it.each([
    ['/papers/week/2026-W32', 'Week 32, 3 August 2026 to 9 August 2026'],
    ['/papers/month/2026-08', 'August 2026'],
  ])('%s lists the most voted first', async (url, title) => {
    const body = await read(url)
    expect(body).toContain(title)
    expect(body.indexOf('2608.00002')).toBeLessThan(body.indexOf('2608.00001'))
    expect(body).toContain('href="/papers/2026-08-05"')
  })

  it('leads to the neighbours that have papers', async () => {
    expect(await read('/papers/week/2026-W32')).toContain('rel="next" href="/papers/week/2026-W33"')
    expect(await read('/papers/week/2026-W33')).toContain('rel="prev" href="/papers/week/2026-W32"')
  })

  it.each(['/papers/week/2026-W54', '/papers/week/2020-W01', '/papers/month/2026-13', '/papers/month/x'])(
    'is not found at %s',
    async (url) => {
      expect((await app.inject({ url, headers: browser })).statusCode).toBe(404)
    },
  )
})

describe('references', () => {
  it.each([
    ['/papers/2608.00002/bibtex', 'application/x-bibtex; charset=utf-8', '@misc{'],
    ['/papers/2608.00002/ris', 'application/x-research-info-systems; charset=utf-8', 'TY  - GEN'],
    ['/papers/math/0309136/bibtex', 'application/x-bibtex; charset=utf-8', 'eprint = {math/0309136}'],
  ])('are to be saved from %s', async (url, type, part) => {
    const answer = await app.inject(url)
    expect(answer.headers['content-type']).toBe(type)
    expect(answer.headers['content-disposition']).toMatch(/^attachment; filename="[\w.-]+"$/)
    expect(answer.body).toContain(part)
  })
})
