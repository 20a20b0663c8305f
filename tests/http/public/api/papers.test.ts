import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildServer } from '../../../../src/http/server.js'
import { foundPaper, keepPapers } from '../../../support/kept-papers.js'
import { testServices } from '../../../support/services.js'
import { testDatabase } from '../../../support/test-database.js'

let app: FastifyInstance

beforeAll(async () => {
  const { db } = await testDatabase()
  await keepPapers(db, '2026-07-31', [foundPaper({ id: '2607.00001', votes: 50, organisation: 'MIT' })])
  await keepPapers(db, '2026-08-03', [
    foundPaper({ id: '2608.00001', votes: 5 }),
    foundPaper({ id: '2608.00002', votes: 5, organisation: 'mit' }),
    foundPaper({ id: '2608.00003', votes: 9 }),
    foundPaper({ id: 'math/0309136', votes: 1, publishedAt: null, authors: [], authorCount: 3 }),
  ])
  await keepPapers(db, '2026-08-04', [foundPaper({ id: '2608.00001', votes: 5 })])
  app = await buildServer(await testServices(db))
})
afterAll(() => app.close())

type List = { items: { id: string }[]; next: string | null }

async function ids(query: string): Promise<string[]> {
  const answer = await app.inject(`/api/v1/papers?${query}`)
  expect(answer.statusCode).toBe(200)
  return answer.json<List>().items.map((paper) => paper.id)
}

describe('the list of papers', () => {
  it.each([
    ['', ['2608.00001', '2608.00003', '2608.00002', 'math/0309136', '2607.00001']],
    ['sort=votes', ['2607.00001', '2608.00003', '2608.00001', '2608.00002', 'math/0309136']],
    ['date=2026-08-03', ['2608.00003', '2608.00001', '2608.00002', 'math/0309136']],
    ['week=2026-W31', ['2607.00001']],
    ['month=2026-08&sort=votes', ['2608.00003', '2608.00001', '2608.00002', 'math/0309136']],
    ['from=2026-07-31&to=2026-07-31', ['2607.00001']],
    ['from=2026-08-04', ['2608.00001']],
    ['organisation=MIT', ['2608.00002', '2607.00001']],
    ['date=2020-01-01', []],
  ])('for %j', async (query, expected) => {
    expect(await ids(query)).toEqual(expected)
  })

  it.each(['sort=newest', 'sort=votes'])('pages without gaps or repetitions by %s', async (order) => {
    const seen: string[] = []
    let next: string | null = ''
    while (next !== null) {
      const answer = await app.inject(`/api/v1/papers?${order}&limit=2${next && `&cursor=${next}`}`)
      const list: List = answer.json<List>()
      seen.push(...list.items.map((paper) => paper.id))
      next = list.next
    }
    expect(seen).toEqual(await ids(order))
  })

  it.each([
    'date=2026-02-30',
    'date=0000-01-01',
    'from=0001-01-01',
    'week=0000-W01',
    'month=0000-01',
    'week=2026-W54',
    'month=2026-13',
    'date=2026-08-03&week=2026-W31',
    'limit=0',
    'limit=1000',
    'sort=random',
    'cursor=nonsense',
    'cursor=WyIyMDI2LTAyLTMwIiwxLCJ4Il0',
    'organisation=%00',
    'q=attention&sort=votes',
    'sort=relevance',
  ])('refuses %s', async (query) => {
    const answer = await app.inject(`/api/v1/papers?${query}`)
    expect(answer.statusCode).toBe(400)
    expect(answer.headers['content-type']).toContain('application/problem+json')
  })

  it('is not sent again to those who have it', async () => {
    const first = await app.inject('/api/v1/papers')
    expect(first.headers['cache-control']).toBe('public, max-age=30')
    const headers = { 'if-none-match': String(first.headers['etag']) }
    const again = await app.inject({ url: '/api/v1/papers', headers })
    expect([again.statusCode, again.body]).toEqual([304, ''])
  })
})

describe('one paper', () => {
  it('is given whole', async () => {
    expect((await app.inject('/api/v1/papers/2607.00001')).json()).toEqual({
      id: '2607.00001',
      title: 'Paper 2607.00001',
      abstract: 'What it is about.',
      summary: null,
      short: 'What it is about.',
      authors: ['Ada Lovelace', 'Alan Turing'],
      authorCount: 2,
      organisation: 'MIT',
      keywords: [],
      publishedAt: '2026-07-30T00:00:00.000Z',
      listedOn: ['2026-07-31'],
      votes: 50,
      comments: 0,
      stars: null,
      url: 'http://papers.test/papers/2607.00001',
      arxivUrl: 'https://arxiv.org/abs/2607.00001',
      pdfUrl: 'https://arxiv.org/pdf/2607.00001',
      codeUrl: null,
      projectUrl: null,
    })
  })

  it.each(['/api/v1/papers/math/0309136', '/api/v1/papers/math%2F0309136'])('is at %s', async (url) => {
    expect((await app.inject(url)).json()).toMatchObject({
      id: 'math/0309136',
      authorCount: 3,
      publishedAt: null,
    })
  })

  it.each(['/api/v1/papers/2608.99999', '/api/v1/papers/nonsense', '/api/v1/papers/a/b'])(
    'is not at %s',
    async (url) => {
      expect((await app.inject(url)).statusCode).toBe(404)
    },
  )
})
