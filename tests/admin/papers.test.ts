import { beforeAll, describe, expect, it } from 'vitest'
import { adminServer, day, listPapers } from './admin-services.js'

let server: Awaited<ReturnType<typeof adminServer>>

beforeAll(async () => {
  server = await adminServer({ EDITION_SIZE: '4' })
  await listPapers(server, 6)
})

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

  it('are pinned, hidden and let go again, each with who and why', async () => {
    const pin = await server.call('PUT', `/days/${day}/papers/2608.00005/word`, {
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
    await server.call('PUT', `/days/${day}/papers/2608.00001/word`, { body: { action: 'hide' } })
    expect(await chosen()).toEqual(['5', '2', '3', '4'])
    await server.call('DELETE', `/days/${day}/papers/2608.00005/word`)
    await server.call('DELETE', `/days/${day}/papers/2608.00001/word`)
    expect(await chosen()).toEqual(['1', '2', '3', '4'])
    expect((await server.call('DELETE', `/days/${day}/papers/2608.00001/word`)).statusCode).toBe(404)
    const audit = (await server.call('GET', `/audit?target=day:${day}`)).json().items
    expect(audit.map(({ action }: { action: string }) => action)).toEqual([
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
    const answer = await server.call('PUT', `/days/${day}/papers/2608.00001/word`, { body })
    expect(answer.statusCode).toBe(status)
  })

  it('refuse a day that does not exist', async () => {
    expect((await server.call('GET', '/days/2026-02-30/papers')).statusCode).toBe(400)
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
