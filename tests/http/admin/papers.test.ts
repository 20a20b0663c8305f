import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fillFromArxiv } from '../../../src/papers/sources/arxiv/fill.js'
import { storePapers } from '../../../src/papers/store.js'
import { type ArxivStandIn, startArxivStandIn } from '../../support/arxiv-stand-in.js'
import { foundPaper } from '../../support/kept-papers.js'
import { adminServer, day, listPapers } from '../../support/admin-services.js'

let server: Awaited<ReturnType<typeof adminServer>>
let arxiv: ArxivStandIn

beforeAll(async () => {
  arxiv = await startArxivStandIn({
    '2607.00001': { title: 'Known to arXiv', abstract: 'What it says.', authors: ['Ada', 'Bob'] },
    '2607.00002': { title: 'Taken back', abstract: 'This paper has been withdrawn by its author.' },
  })
  server = await adminServer({ EDITION_SIZE: '4', ARXIV_API_URL: arxiv.url })
  await listPapers(server, 6)
})
afterAll(() => arxiv.close())

type Item = { id: string; rank: number | null; why: string | null; curation: unknown[] }
const items = async (): Promise<Item[]> => (await server.call('GET', `/days/${day}/papers`)).json().items
const chosen = async () => (await items()).filter(({ rank }) => rank !== null).map(({ id }) => id.slice(-1))

describe('the papers of a day', () => {
  it('are listed with their places and the reasons for both', async () => {
    const list = await items()
    expect(list).toHaveLength(6)
    expect(await chosen()).toEqual(['1', '2', '3', '4'])
    expect(list[0]).toMatchObject({ rank: 1, why: null, votes: 80, reasons: { votes: 80 } })
    expect(list[5]).toMatchObject({ rank: null, why: 'no-room' })
  })

  it('are ordered without being called the editor’s choice, but for the one that was pinned', async () => {
    const path = `/days/${day}/order`
    const pin = { action: 'pin', position: 1, reason: 'the talk of the day' }
    await server.call('PUT', `/days/${day}/papers/2608.00004/curation`, { body: pin })
    const ids = ['2608.00002', '2608.00004', '2608.00001', '2608.00003']
    await server.call('PUT', path, { body: { ids } })
    const seen = async () =>
      (await server.call('GET', `/days/${day}/papers`))
        .json()
        .items.filter(({ rank }: { rank: number | null }) => rank !== null)
        .map(({ id, note }: { id: string; note: string | null }) => `${id.slice(-1)} ${note}`)
    expect(await seen()).toEqual(['2 null', "4 editor's choice", '1 null', '3 null'])
    const taken = await server.call('DELETE', path)
    expect(taken.json().words).toMatchObject([{ paperId: '2608.00004', position: 2, ordered: false }])
    expect(await seen()).toEqual(['1 null', "4 editor's choice", '2 null', '3 null'])
    await server.call('DELETE', `/days/${day}/papers/2608.00004/curation`)
  })

  it('are pinned, hidden and let go again, each with who and why', async () => {
    const pin = await server.call('PUT', `/days/${day}/papers/2608.00005/curation`, {
      body: { action: 'pin', position: 1, reason: 'the talk of the day' },
    })
    expect(pin.json().words).toMatchObject([
      {
        paperId: '2608.00005',
        action: 'pin',
        position: 1,
        by: 'key:ADMIN_KEY',
        reason: 'the talk of the day',
      },
    ])
    await server.call('PUT', `/days/${day}/papers/2608.00001/curation`, { body: { action: 'hide' } })
    expect(await chosen()).toEqual(['5', '2', '3', '4'])
    await server.call('DELETE', `/days/${day}/papers/2608.00005/curation`)
    await server.call('DELETE', `/days/${day}/papers/2608.00001/curation`)
    expect(await chosen()).toEqual(['1', '2', '3', '4'])
    expect((await server.call('DELETE', `/days/${day}/papers/2608.00001/curation`)).statusCode).toBe(404)
    const audit = (await server.call('GET', `/audit?target=day:${day}`)).json().items
    expect(audit.slice(0, 4).map(({ action }: { action: string }) => action)).toEqual([
      'paper.unpinned',
      'paper.unpinned',
      'paper.hide',
      'paper.pin',
    ])
  })

  it('are ordered by a list', async () => {
    const ids = ['2608.00003', '2608.00006']
    await server.call('PUT', `/days/${day}/order`, { body: { ids } })
    expect(await chosen()).toEqual(['3', '6', '1', '2'])
    await server.call('PUT', `/days/${day}/order`, { body: { ids: [] } })
    expect(await chosen()).toEqual(['1', '2', '3', '4'])
    const unknown = await server.call('PUT', `/days/${day}/order`, { body: { ids: ['2608.99999'] } })
    expect(unknown.statusCode).toBe(404)
  })

  it.each([
    ['a pin without a place', { action: 'pin' }, 400],
    ['a place beyond the last', { action: 'pin', position: 51 }, 400],
    ['a word that is none', { action: 'praise' }, 400],
  ])('refuse %s', async (_, body, status) => {
    const answer = await server.call('PUT', `/days/${day}/papers/2608.00001/curation`, { body })
    expect(answer.statusCode).toBe(status)
  })

  it('refuse a day that does not exist', async () => {
    for (const day of ['2026-02-30', '0000-01-01', '0001-01-01', '9999-12-31'])
      expect((await server.call('GET', `/days/${day}/papers`)).statusCode).toBe(400)
  })
})

const add = (body: object, on = '2026-08-01') => server.call('POST', `/days/${on}/papers`, { body })

describe('a paper by its arXiv id alone', () => {
  it('gets its words from arXiv, which is asked once', async () => {
    const added = await add({ id: 'https://arxiv.org/pdf/2607.00001v3', reason: 'asked for' })
    expect(added.statusCode, added.body).toBe(201)
    expect(added.json()).toMatchObject({
      id: '2607.00001',
      title: 'Known to arXiv',
      abstract: 'What it says.',
      authors: ['Ada', 'Bob'],
      publishedAt: '2026-07-16T17:59:37.000Z',
      listedOn: ['2026-08-01'],
      edited: [],
    })
    expect((await add({ id: '2607.00001' }, '2026-08-02')).json().title).toBe('Known to arXiv')
    expect(arxiv.requests.map(({ ids }) => ids)).toEqual([['2607.00001']])
    expect((await add({ id: '2607.00001' })).statusCode).toBe(409)
  })

  it.each([
    ['that arXiv does not know', { id: '2607.99999' }, 422, 'arXiv knows no paper 2607.99999'],
    ['that was withdrawn', { id: '2607.00002' }, 422, 'withdrawn'],
    ['that is none', { id: 'no id' }, 422, 'no arXiv id'],
    ['that is not there, nor any words', { reason: 'x' }, 422, 'Give an arXiv id, or title and abstract'],
    ['that is not there, nor an abstract', { title: 'A title' }, 422, 'needs a title and an abstract'],
  ])('is refused for an id %s', async (_, body, status, detail) => {
    const answer = await add(body)
    expect(answer.statusCode).toBe(status)
    expect(answer.json().detail).toContain(detail)
  })

  it('says so when arXiv gives no answer, and takes words given by hand all the same', async () => {
    arxiv.answer = { status: 404, body: 'gone' }
    const answer = await add({ id: '2607.00003' })
    arxiv.answer = null
    expect(answer.statusCode).toBe(503)
    expect(answer.json().detail).toMatch(/arXiv gave no answer .* give title and abstract/)
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    const asked = arxiv.requests.length
    expect((await add({ id: '2607.00003', title: 'By hand', abstract: '' })).statusCode).toBe(201)
    expect(arxiv.requests).toHaveLength(asked)
    const health = (await server.call('GET', '/sources')).json().items
    expect(health).toContainEqual(expect.objectContaining({ source: 'arxiv', lastFault: expect.any(String) }))
  }, 30_000)
})

describe('an editor’s words', () => {
  const id = '2608.00006'
  const path = `/papers/${id}`
  const read = async () => (await server.call('GET', path)).json()
  const told = { id, title: 'As the source says', abstract: 'New.', authors: ['X', 'Y', 'Z'] }
  const look = () =>
    server.services.db.transaction('request', (tx) =>
      storePapers(tx, [foundPaper(told)], day, server.services.clock.now()),
    )

  it('stay when the source is looked at again; the rest follows the source', async () => {
    await server.call('DELETE', `${path}/edits`)
    const body = { title: 'As we say', authors: ['A', 'B'], codeUrl: null, reason: 'clearer' }
    await server.call('PATCH', path, { body, headers: { 'if-match': '*' } })
    await look()
    const after = await read()
    expect(after).toMatchObject({ title: 'As we say', authors: ['A', 'B'], abstract: 'New.' })
    expect(after.edited).toEqual(['title', 'authors', 'codeUrl'])
    const [found] = await server.services.db.sql(
      `SELECT search @@ to_tsquery('english', 'say') AS ours, author_count FROM paper WHERE id = $1`,
      [id],
    )
    expect(found).toEqual({ ours: true, author_count: 2 })
  })

  it('can be written anew, and stay through what arXiv fills in', async () => {
    const body = { title: 'As we say now' }
    await server.call('PATCH', path, { body, headers: { 'if-match': '*' } })
    const { db, clock, log } = server.services
    await fillFromArxiv({ db, clock, log }, day, { baseUrl: arxiv.url, sleep: async () => {} })
    await look()
    expect((await read()).title).toBe('As we say now')
  })

  it('can be taken back, one field or all: then the source’s stand, as told last', async () => {
    const one = await server.call('DELETE', `${path}/edits?field=title&reason=theirs+is+better`)
    expect(one.json()).toMatchObject({ title: 'As the source says', authors: ['A', 'B'] })
    const all = await server.call('DELETE', `${path}/edits`)
    expect(all.json()).toMatchObject({ authors: ['X', 'Y', 'Z'], edited: [] })
    await look()
    expect(await read()).toMatchObject({ title: 'As the source says', authors: ['X', 'Y', 'Z'] })
    const [last, first] = (await server.call('GET', `/audit?target=paper:${id}`)).json().items
    expect(last).toMatchObject({ action: 'paper.reverted', before: { authors: ['A', 'B'] } })
    expect(first).toMatchObject({ why: 'theirs is better', after: { title: 'As the source says' } })
    expect((await server.call('DELETE', '/papers/2608.77777/edits')).statusCode).toBe(404)
  })
})

describe('a paper', () => {
  it('is added once a day, by id or by hand', async () => {
    const again = await server.call('POST', `/days/${day}/papers`, {
      body: { id: 'https://arxiv.org/abs/2608.00001v2', title: 'x', abstract: '' },
    })
    expect(again.statusCode).toBe(409)
    const own = await server.call('POST', '/days/2026-08-01/papers', {
      body: { title: 'A report without a number', abstract: 'Words.' },
    })
    expect(own.json()).toMatchObject({ id: expect.stringMatching(/^local-/), listedOn: ['2026-08-01'] })
    const wrong = await server.call('POST', `/days/${day}/papers`, {
      body: { id: 'no id', title: 'x', abstract: '' },
    })
    expect(wrong.statusCode).toBe(422)
  })

  it('is edited under its ETag', async () => {
    const read = await server.call('GET', '/papers/2608.00002')
    const etag = String(read.headers['etag'])
    const edit = (body: object, headers: Record<string, string> = {}) =>
      server.call('PATCH', '/papers/2608.00002', { body, headers })
    expect((await edit({ title: 'New' })).statusCode).toBe(428)
    const edited = await edit({ title: 'A  better\ntitle', codeUrl: null }, { 'if-match': etag })
    expect(edited.json()).toMatchObject({ title: 'A better title', abstract: read.json().abstract })
    expect((await edit({ title: 'Newer' }, { 'if-match': etag })).statusCode).toBe(412)
    const unsafe = await edit({ codeUrl: 'javascript:alert(1)' }, { 'if-match': '*' })
    expect(unsafe.statusCode).toBe(422)
    const audit = (await server.call('GET', '/audit?target=paper:2608.00002')).json().items
    expect(audit[0]).toMatchObject({ action: 'paper.edited', after: { title: 'A better title' } })
  })
})
