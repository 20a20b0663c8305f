import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../src/db/client.js'
import type { Services } from '../../../src/services.js'
import { claimDue } from '../../../src/deliveries/claim/claim.js'
import { openComposer } from '../../../src/deliveries/composing/compose.js'
import { preferencesUrl, unsubscribeUrl } from '../../../src/subscribers/links.js'
import { buildServer } from '../../../src/http/server.js'
import { postForm } from '../../support/forms.js'
import { mailedToken, owedTo, statusOf } from '../../support/readers.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'
import { slowFile } from '../../support/slow-file.js'

slowFile()

let db: Db
let app: FastifyInstance
let services: Services
const clock = stoppedClock('2026-05-06T07:00:00Z')

beforeAll(async () => {
  ;({ db } = await testDatabase())
  services = await testServices(db, {}, { clock })
  app = await buildServer(services)
})
afterAll(() => app.close())

const post = (url: string, fields: Record<string, string>, cookie = '', headers = {}) =>
  postForm(app, url, fields, { cookie, headers })

async function active(email: string): Promise<{ id: number; link: string }> {
  await app.inject({ method: 'POST', url: '/api/v1/subscribers', payload: { email } })
  await post(`/confirm/${await mailedToken(services, email)}`, {})
  const [row] = await db.sql<{ id: number }>('SELECT id FROM subscriber WHERE email = $1', [email])
  const id = row?.id ?? 0
  return { id, link: linkOf(id) }
}

const linkOf = (id: number, epoch = 0) =>
  new URL(preferencesUrl(services.secrets, 'http://papers.test', { id, epoch }, clock.now())).pathname

async function opened(link: string): Promise<string> {
  const answer = await app.inject(link)
  return String(answer.headers['set-cookie']).split(';')[0] ?? ''
}

describe('the preferences', () => {
  it('open by their link, which is exchanged for a short cookie', async () => {
    const { link } = await active('open@example.org')
    const answer = await app.inject(link)
    expect([answer.statusCode, answer.headers['location']]).toEqual([303, '/preferences'])
    expect(answer.headers['set-cookie']).toMatch(
      /; Max-Age=1800; Path=\/preferences; HttpOnly; SameSite=Lax$/,
    )
    const cookie = await opened(link)
    const page = await app.inject({ url: '/preferences', headers: { cookie } })
    expect(page.body).toContain('open@example.org')
    expect(page.headers['cache-control']).toBe('no-store')
    expect((await app.inject('/preferences')).statusCode).toBe(401)
    clock.set('2026-05-06T07:31:00Z')
    expect((await app.inject({ url: '/preferences', headers: { cookie } })).statusCode).toBe(401)
  })

  it('are saved, and shown again with what was wrong', async () => {
    const { id, link } = await active('save@example.org')
    const cookie = await opened(link)
    const wanted = {
      frequency: 'weekdays',
      detail: 'titles',
      hour: '7',
      timezone: 'Asia/Tokyo',
      pausedUntil: '2026-06-01',
    }
    const saved = await post('/preferences', { action: 'save', ...wanted }, cookie)
    expect(saved.body).toContain('Saved.')
    const [row] = await db.sql(
      'SELECT frequency, detail, hour, timezone, paused_until::text FROM subscriber WHERE id = $1',
      [id],
    )
    expect(row).toEqual({
      frequency: 'weekdays',
      detail: 'titles',
      hour: 7,
      timezone: 'Asia/Tokyo',
      paused_until: '2026-06-01',
    })
    const wrong = await post('/preferences', { ...wanted, pausedUntil: 'soon' }, cookie)
    expect(wrong.statusCode).toBe(422)
    expect(wrong.body).toContain('Please give the end of the pause as a date')
    const usual = await post('/preferences', { frequency: 'daily', hour: '', pausedUntil: '' }, cookie)
    expect(usual.statusCode).toBe(200)
    expect(await db.sql('SELECT hour, paused_until FROM subscriber WHERE id = $1', [id])).toEqual([
      { hour: null, paused_until: null },
    ])
  })

  it('take a POST to the link itself, and none from another site under the cookie', async () => {
    const { id, link } = await active('direct@example.org')
    expect((await post(link, { frequency: 'weekly' })).statusCode).toBe(200)
    const cookie = await opened(link)
    const foreign = { 'sec-fetch-site': 'cross-site' }
    expect((await post('/preferences', { frequency: 'daily' }, cookie, foreign)).statusCode).toBe(401)
    expect(await db.sql('SELECT frequency FROM subscriber WHERE id = $1', [id])).toEqual([
      { frequency: 'weekly' },
    ])
  })

  it('mail a fresh link for an expired one', async () => {
    const { link } = await active('fresh@example.org')
    clock.set('2026-06-20T07:00:00Z')
    const answer = await app.inject(link)
    expect(answer.statusCode).toBe(410)
    expect(answer.body).toContain('Mail me a fresh link')
    expect((await post(link, { frequency: 'weekly' })).statusCode).toBe(410)
    expect((await post(link, { action: 'renew' })).statusCode).toBe(200)
    expect((await owedTo(db, 'fresh@example.org')).at(-1)).toMatchObject({
      payload: { about: 'preferences' },
    })
    expect((await app.inject('/preferences/nonsense')).statusCode).toBe(404)
  })

  it('ask about a mistyped new address before anything is sent', async () => {
    const cookie = await opened((await active('moving@example.org')).link)
    const move = { action: 'change-address', email: 'moving@gmail.con' }
    const asked = await post('/preferences', move, cookie)
    expect(asked.body).toContain('Did you mean moving@gmail.com?')
    expect(asked.body).toContain('name="sure" value="moving@gmail.con"')
    expect(asked.body).not.toContain('a mail is on its way to it')
    expect(await owedTo(db, 'moving@gmail.con')).toEqual([])
    const sure = { ...move, sure: 'moving@gmail.con' }
    // Sure of one address is not sure of the next.
    const another = await post('/preferences', { ...sure, email: 'moving@gmial.com' }, cookie)
    expect(another.body).toContain('Did you mean moving@gmail.com?')
    expect((await post('/preferences', sure, cookie)).body).toContain('a mail is on its way to it')
    expect(await owedTo(db, 'moving@gmail.con')).toHaveLength(1)
  })

  it('move the mail, hand out the data, let go and take back, and erase', async () => {
    const { id, link } = await active('all@example.org')
    const cookie = await opened(link)
    const asked = await post('/preferences', { action: 'change-address', email: 'new@example.net' }, cookie)
    expect(asked.body).toContain('a mail is on its way to it')
    expect(await owedTo(db, 'new@example.net')).toHaveLength(1)
    expect(
      (await post('/preferences', { action: 'change-address', email: 'nobody' }, cookie)).statusCode,
    ).toBe(422)
    const data = await app.inject({ url: '/preferences/data', headers: { cookie } })
    expect(data.json()).toMatchObject({ subscriber: { email: 'all@example.org' }, mails: [{}, {}, {}] })
    await post('/preferences', { action: 'unsubscribe' }, cookie)
    expect(await statusOf(db, 'all@example.org')).toBe('unsubscribed')
    await post('/preferences', { action: 'resubscribe' }, cookie)
    expect(await statusOf(db, 'all@example.org')).toBe('active')
    expect((await post('/preferences', { action: 'erase' }, cookie)).statusCode).toBe(422)
    expect((await post('/preferences', { action: 'erase', sure: 'yes' }, cookie)).body).toContain('is erased')
    expect(await db.sql('SELECT 1 FROM subscriber WHERE id = $1', [id])).toEqual([])
    expect((await app.inject({ url: '/preferences', headers: { cookie } })).statusCode).toBe(401)
  })
})

describe('the form', () => {
  const form = (fields: Record<string, string>) => post('/api/v1/subscribers', fields)

  it('tells a program that fills in every field the same, and mails nobody', async () => {
    const answer = await form({ email: 'bot@example.org', nickname: 'x' })
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/check-your-inbox'])
    expect(await statusOf(db, 'bot@example.org')).toBeUndefined()
  })

  it('holds up who was quicker than people are', async () => {
    const page = await form({ email: 'nobody' })
    const stamp = /name="stamp" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
    clock.set('2026-06-20T07:00:01Z')
    const started = performance.now()
    const [quick, forged] = [
      form({ email: 'quick@example.org', stamp }),
      form({ email: 'forged@example.org', stamp: stamp.replace(/.$/, '~') }),
    ]
    expect((await forged).statusCode).toBe(303)
    expect(performance.now() - started).toBeLessThan(490)
    expect((await quick).statusCode).toBe(303)
    expect(performance.now() - started).toBeGreaterThan(490)
  })

  it('tells what is left to a network, and when there is more', async () => {
    const signup = (n: number) =>
      app.inject({
        method: 'POST',
        url: '/api/v1/subscribers',
        payload: { email: `n${n}@example.com` },
        remoteAddress: '198.51.100.7',
      })
    const first = await signup(0)
    expect(first.headers['ratelimit-policy']).toBe('"signup";q=30;w=3600')
    expect(first.headers['ratelimit']).toBe('"signup";r=29;t=3599')
    for (let n = 1; n < 30; n += 1) await signup(n)
    const refused = await signup(30)
    expect(refused.statusCode).toBe(429)
    expect(refused.headers['retry-after']).toBe('3599')
    expect(refused.headers['ratelimit']).toBe('"signup";r=0;t=3599')
  })
})

describe('links to the preferences', () => {
  const wish = { action: 'save', frequency: 'weekly' }

  async function end(email: string, how: (cookie: string, id: number) => Promise<void>) {
    const { id, link } = await active(email)
    const cookie = await opened(link)
    const before = await db.sql('SELECT epoch FROM subscriber WHERE id = $1', [id])
    await how(cookie, id)
    const seen = {
      link: (await app.inject(link)).statusCode,
      post: (await post(link, wish)).statusCode,
      renew: (await post(link, { action: 'renew' })).statusCode,
      session: (await app.inject({ url: '/preferences', headers: { cookie } })).statusCode,
      data: (await app.inject({ url: '/preferences/data', headers: { cookie } })).statusCode,
      save: (await post('/preferences', wish, cookie)).statusCode,
    }
    expect(before).toEqual([{ epoch: 0 }])
    expect(seen).toEqual({ link: 410, post: 410, renew: 410, session: 401, data: 401, save: 401 })
    expect(await db.sql('SELECT epoch, frequency FROM subscriber WHERE id = $1', [id])).toEqual([
      { epoch: 1, frequency: 'daily' },
    ])
    expect((await app.inject(linkOf(id, 1))).statusCode).toBe(303)
    return id
  }

  it('end when the reader has moved, and what waits in the old mailbox with them', async () => {
    let pending = ''
    await end('old@mailbox.example', async (cookie, id) => {
      await post('/preferences', { action: 'unsubscribe' }, cookie)
      clock.set(new Date(clock.now().getTime() + 3_700_000).toISOString())
      await app.inject({
        method: 'POST',
        url: '/api/v1/subscribers',
        payload: { email: 'old@mailbox.example' },
      })
      pending = `/confirm/${await mailedToken(services, 'old@mailbox.example')}`
      const later = await opened(linkOf(id))
      await post('/preferences', { action: 'change-address', email: 'new@mailbox.example' }, later)
      const moved = await post(`/confirm/${await mailedToken(services, 'new@mailbox.example')}`, {})
      expect(moved.body).toContain('Your address is changed')
    })
    expect((await post(pending, {})).statusCode).toBe(410)
    expect(await statusOf(db, 'new@mailbox.example')).toBe('unsubscribed')
  })

  it('end when the reader signs out everywhere, but for those to leave', async () => {
    const id = await end('out@mailbox.example', async (cookie) => {
      const page = await post('/preferences', { action: 'sign-out' }, cookie)
      expect(page.body).toContain('Everything is signed out')
    })
    const leave = new URL(unsubscribeUrl(services.secrets, 'http://papers.test', id)).pathname
    expect((await post(leave, { 'List-Unsubscribe': 'One-Click' })).statusCode).toBe(200)
    expect(await statusOf(db, 'out@mailbox.example')).toBe('unsubscribed')
  })

  it('are signed for the present when a mail is made, and are in none to another address', async () => {
    const { id } = await active('made@mailbox.example')
    await db.sql('UPDATE subscriber SET epoch = 35 WHERE id = $1', [id])
    const claims = await claimDue(db, {
      editionId: null,
      limit: 500,
      now: clock.now(),
      leaseMs: 60_000,
      zone: 'UTC',
    })
    const compose = openComposer(services)
    const linked: string[] = []
    const elsewhere: string[] = []
    for (const claimed of claims.claimed) {
      const mail =
        (await compose(claimed))?.message
          .map(String)
          .join('')
          .replaceAll(/=\r?\n/g, '') ?? ''
      const own = (await db.sql('SELECT 1 FROM subscriber WHERE email = $1', [claimed.address])).length > 0
      const found = /\/preferences\/\w[\w-]*\.[\w.-]+/.exec(mail)?.[0]
      if (found && !own) elsewhere.push(claimed.kind)
      if (found && claimed.subscriberId === id) linked.push(found)
    }
    expect(elsewhere).toEqual([])
    expect(linked.length).toBeGreaterThan(0)
    for (const link of linked) expect((await app.inject(link)).statusCode).toBe(303)
  })
})
