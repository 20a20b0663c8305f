import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { verifyAudit } from '../../../src/operations/audit.js'
import { adminServer } from '../../support/admin-services.js'

let server: Awaited<ReturnType<typeof adminServer>>

beforeAll(async () => {
  server = await adminServer()
})

beforeEach(async () => {
  await server.services.db.sql('TRUNCATE subscriber, suppression CASCADE')
})

const add = async (email: string, fields: object = {}) =>
  server.call('POST', '/subscribers', { body: { email, confirm: false, ...fields } })
const audit = async (target: string) =>
  (await server.call('GET', `/audit?target=${encodeURIComponent(target)}`)).json().items

describe('adding', () => {
  it('without confirmation makes an active subscriber, with consent and audit', async () => {
    const answer = await add('Ada@Example.ORG', { source: 'list', reason: 'signed in person' })
    expect(answer.statusCode).toBe(201)
    expect(answer.json()).toMatchObject({ email: 'Ada@example.org', status: 'active', source: 'list' })
    const { id } = answer.json()
    const history = (await server.call('GET', `/subscribers/${id}/history`)).json()
    expect(history.consents).toMatchObject([{ action: 'import', source: 'list' }])
    expect(history.changes).toMatchObject([{ action: 'subscriber.added', why: 'signed in person' }])
    expect(JSON.stringify(await audit(`subscriber:${id}`)).toLowerCase()).not.toContain('ada@')
  })

  it('with confirmation owes a mail, and says the same for every address', async () => {
    await add('known@example.org')
    const fresh = await server.call('POST', '/subscribers', { body: { email: 'new@example.org' } })
    const known = await server.call('POST', '/subscribers', { body: { email: 'known@example.org' } })
    expect([fresh.statusCode, known.statusCode]).toEqual([202, 202])
    expect(known.body).toBe(fresh.body)
    const found = (await server.call('GET', '/subscribers?q=new@example.org')).json().items
    expect(found).toMatchObject([{ status: 'pending' }])
  })

  it('with confirmation writes nobody down again who was erased, and says the same', async () => {
    const email = 'forgotten@example.org'
    const { id } = (await add(email)).json()
    await server.call('DELETE', `/subscribers/${id}`)
    const again = await server.call('POST', '/subscribers', { body: { email } })
    expect([again.statusCode, again.json()]).toEqual([202, { status: 'confirmation owed' }])
    expect((await server.call('GET', `/subscribers?q=${email}`)).json().items).toEqual([])
  })

  it.each([
    ['an address that is none', { email: 'nobody' }, 422],
    ['a zone that is none', { email: 'a@example.org', timezone: 'Mars/Base' }, 422],
    ['an unknown field', { email: 'a@example.org', name: 'Ada' }, 400],
    ['a frequency that is none', { email: 'a@example.org', frequency: 'hourly' }, 400],
  ])('refuses %s', async (_, body, status) => {
    expect(
      (await server.call('POST', '/subscribers', { body: { confirm: false, ...body } })).statusCode,
    ).toBe(status)
  })

  it('refuses who is known or suppressed', async () => {
    const { id } = (await add('a@example.org')).json()
    expect((await add('A@example.org')).statusCode).toBe(409)
    await server.call('POST', `/subscribers/${id}/suppress`, { body: {} })
    await server.services.db.sql('DELETE FROM subscriber')
    expect((await add('a@example.org')).statusCode).toBe(409)
  })
})

describe('finding', () => {
  beforeEach(async () => {
    for (const email of ['bea@example.org', 'cid@example.net', 'abe@example.org', 'dan@example.org']) {
      await add(email)
      server.clock.forward(60)
    }
  })

  const emails = async (query: string) => {
    const answer = await server.call('GET', `/subscribers?${query}`)
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json().items.map((item: { email: string }) => item.email.split('@')[0])
  }

  it.each([
    ['q=be', ['abe', 'bea']],
    ['q=@example.net', ['cid']],
    ['sort=email', ['abe', 'bea', 'cid', 'dan']],
    ['sort=-email', ['dan', 'cid', 'bea', 'abe']],
    ['sort=createdAt', ['bea', 'cid', 'abe', 'dan']],
    ['status=pending', []],
    ['q=%25', []],
    ['q=b_a', []],
  ])('by %s', async (query, expected) => {
    expect(await emails(query)).toEqual(expected)
  })

  it.each(['email', '-email', 'createdAt', '-createdAt'])('pages by %s without a gap', async (sort) => {
    const whole = await emails(`sort=${sort}`)
    const seen: string[] = []
    let cursor = ''
    do {
      const page = (await server.call('GET', `/subscribers?sort=${sort}&limit=1${cursor}`)).json()
      seen.push(...page.items.map((item: { email: string }) => item.email.split('@')[0]))
      cursor = page.next ? `&cursor=${page.next}` : ''
    } while (cursor)
    expect(seen).toEqual(whole)
  })

  it.each(['nonsense', 'WzFd', Buffer.from('["x","y"]').toString('base64url')])(
    'refuses the cursor %s',
    async (cursor) => {
      const answer = await server.call('GET', `/subscribers?cursor=${cursor}`)
      expect(answer.statusCode).toBe(400)
    },
  )
})

describe('changing', () => {
  const patch = async (id: number, body: object, headers: Record<string, string> = {}) =>
    server.call('PATCH', `/subscribers/${id}`, { body, headers })

  it('needs the ETag that was read', async () => {
    const made = await add('a@example.org')
    const { id } = made.json()
    const read = await server.call('GET', `/subscribers/${id}`)
    const etag = String(read.headers['etag'])
    expect(etag).toBe(made.headers['etag'])
    expect((await patch(id, { frequency: 'weekly' })).statusCode).toBe(428)
    server.clock.forward(1)
    const changed = await patch(id, { frequency: 'weekly', hour: 7, reason: 'asked' }, { 'if-match': etag })
    expect(changed.json()).toMatchObject({ frequency: 'weekly', hour: 7 })
    expect((await patch(id, { hour: null }, { 'if-match': etag })).statusCode).toBe(412)
    const fresh = String(changed.headers['etag'])
    expect((await patch(id, { hour: null }, { 'if-match': fresh })).json()).toMatchObject({ hour: null })
    expect(await audit(`subscriber:${id}`)).toMatchObject([
      { action: 'subscriber.changed', before: { hour: 7 }, after: { hour: null } },
      { before: { frequency: 'daily' }, after: { frequency: 'weekly' }, why: 'asked', who: 'key:ADMIN_KEY' },
      { action: 'subscriber.added' },
    ])
  })

  it('happens once when two have read the same', async () => {
    const made = await add('a@example.org')
    const headers = { 'if-match': String(made.headers['etag']) }
    server.clock.forward(1)
    const answers = await Promise.all([5, 6, 7].map((hour) => patch(made.json().id, { hour }, headers)))
    expect(answers.map(({ statusCode }) => statusCode).sort((a, b) => a - b)).toEqual([200, 412, 412])
  })

  it('unsubscribes and suppresses, each noted', async () => {
    const { id } = (await add('a@example.org')).json()
    const left = await server.call('POST', `/subscribers/${id}/unsubscribe`, { body: { reason: 'by phone' } })
    expect(left.json()).toMatchObject({ status: 'unsubscribed', suppressed: null })
    const suppressed = await server.call('POST', `/subscribers/${id}/suppress`, {
      body: { reason: 'threat' },
    })
    expect(suppressed.json()).toMatchObject({ status: 'unsubscribed', suppressed: 'manual' })
    expect(await audit(`subscriber:${id}`)).toMatchObject([
      { action: 'subscriber.suppressed', why: 'threat' },
      { action: 'subscriber.unsubscribed', why: 'by phone' },
      { action: 'subscriber.added' },
    ])
    expect((await server.call('POST', '/subscribers/999999/suppress', { body: {} })).statusCode).toBe(404)
    expect(await verifyAudit(server.services.db)).toMatchObject({ brokenAt: null })
  })
})
