import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../src/db/client.js'
import type { Services } from '../../../src/services.js'
import { unsubscribeUrl } from '../../../src/subscribers/links.js'
import { openToken } from '../../../src/subscribers/tokens.js'
import { suppress } from '../../../src/subscribers/leaving/suppress.js'
import { buildServer } from '../../../src/http/server.js'
import { mailedToken, owedTo, statusOf } from '../../support/readers.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

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

const form = 'application/x-www-form-urlencoded'
const signup = (payload: string | object, type?: string) =>
  app.inject({
    method: 'POST',
    url: '/api/v1/subscribers',
    payload,
    headers: type ? { 'content-type': type } : {},
  })
const post = (url: string, payload = '', type = form) =>
  app.inject({ method: 'POST', url, payload, headers: { 'content-type': type } })

async function idOf(email: string): Promise<number> {
  const [row] = await db.sql<{ id: number }>('SELECT id FROM subscriber WHERE email = $1', [email])
  return row?.id ?? 0
}

async function active(email: string): Promise<string> {
  await signup({ email })
  await post(`/confirm/${await mailedToken(services, email)}`)
  return new URL(unsubscribeUrl(services.secrets, 'http://papers.test', await idOf(email))).pathname
}

describe('POST /api/v1/subscribers', () => {
  it('answers new, pending, active and unsubscribed addresses alike', async () => {
    const first = await signup({ email: 'new@example.org' })
    const pending = await signup({ email: 'new@example.org' })
    const leave = await active('old@example.org')
    const known = await signup({ email: 'OLD@example.org' })
    await post(leave)
    const gone = await signup({ email: 'old@example.org' })
    expect(first.statusCode).toBe(202)
    for (const answer of [pending, known, gone]) {
      expect([answer.statusCode, answer.body]).toEqual([first.statusCode, first.body])
      expect(Object.keys(answer.headers)).toEqual(Object.keys(first.headers))
    }
    expect(await owedTo(db, 'new@example.org')).toHaveLength(1)
  })

  it.each(['application/json', form])('answers %s to the letter alike, whatever is known', async (type) => {
    const name = type === form ? 'form' : 'json'
    const address = (state: string) => `${state}.${name}@example.org`
    await signup({ email: address('pending') })
    for (const state of ['active', 'unsubscribed', 'suppressed']) {
      const leave = await active(address(state))
      if (state === 'unsubscribed') await post(leave)
    }
    await db.transaction('request', (tx) =>
      suppress(tx, services.secrets, address('suppressed'), 'complained', { at: clock.now() }),
    )
    const states = ['new', 'pending', 'active', 'unsubscribed', 'suppressed']
    const answers = await Promise.all(
      states.map(async (state, i) => {
        const email = address(state)
        const answer = await app.inject({
          method: 'POST',
          url: '/api/v1/subscribers',
          payload: type === form ? new URLSearchParams({ email }).toString() : JSON.stringify({ email }),
          // Each from a network of its own, since what is left to one is told to it.
          remoteAddress: `203.0.${113 + i}.${type.length}`,
          headers: { 'content-type': type },
        })
        // The cookie brings the address that was typed, sealed, to the next page.
        const { date: _, 'set-cookie': cookie, ...headers } = answer.headers
        expect(cookie === undefined).toBe(type !== form)
        return { status: answer.statusCode, body: answer.body, headers }
      }),
    )
    expect(await Promise.all(states.map((state) => statusOf(db, address(state))))).toEqual([
      'pending',
      'pending',
      'active',
      'unsubscribed',
      'complained',
    ])
    expect(answers[0]?.status).toBe(type === form ? 303 : 202)
    for (const answer of answers) expect(answer).toEqual(answers[0])
  })

  it.each([
    ['email=form%40example.org', form],
    [
      '--x\r\nContent-Disposition: form-data; name="email"\r\n\r\nparts@example.org\r\n--x--\r\n',
      'multipart/form-data; boundary=x',
    ],
  ])('takes %s and leads to a page', async (payload, type) => {
    const answer = await signup(payload, type)
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/check-your-inbox'])
  })

  it('shows a form with its fault, filled in and escaped', async () => {
    const answer = await signup('email=%22%3E%3Cscript%3E%40example.org', form)
    expect(answer.statusCode).toBe(422)
    expect(answer.body).toContain('one plain address')
    expect(answer.body).toContain('value="&quot;&gt;&lt;script&gt;@example.org"')
    expect((await signup('', form)).body).toContain('Please give an email address.')
  })

  it.each([
    [{ email: 'a@b' }, 422, 'full domain'],
    [{ email: 'a@example.org\r\nBcc: b@example.org' }, 422, 'line breaks'],
    [{}, 400, 'email'],
    [{ email: 'a@example.org', admin: true }, 400, 'additional'],
    [{ email: 'a@example.org', frequency: 'hourly' }, 400, 'frequency'],
  ])('refuses %j with %i', async (payload, status, because) => {
    const answer = await signup(payload)
    expect(answer.statusCode).toBe(status)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.body).toContain(because)
  })
})

describe('/confirm/TOKEN', () => {
  it('changes nothing on GET and HEAD, confirms on POST, and helps when it was used', async () => {
    await signup({ email: 'confirm@example.org' })
    const url = `/confirm/${await mailedToken(services, 'confirm@example.org')}`
    for (const method of ['GET', 'HEAD'] as const) {
      const answer = await app.inject({ method, url })
      expect(answer.statusCode).toBe(200)
      expect(answer.headers['cache-control']).toBe('no-store')
    }
    expect(await statusOf(db, 'confirm@example.org')).toBe('pending')
    expect((await post(url)).body).toContain('You are in')
    expect(await statusOf(db, 'confirm@example.org')).toBe('active')
    expect((await post(url)).body).toContain('pressed this button before')
    expect((await app.inject(url)).body).toContain('pressed this button before')
  })

  it('promises no edition before the first one is out', async () => {
    await signup({ email: 'early@example.org' })
    const url = `/confirm/${await mailedToken(services, 'early@example.org')}`
    expect((await app.inject(url)).body).toContain('comes to your inbox, from the first edition on.')
    expect((await post(url)).body).toContain('A word of welcome is on its way to you')
  })

  it('mails how things stand to whoever holds a used link and asks', async () => {
    await active('sure@example.org')
    const [first] = await owedTo(db, 'sure@example.org')
    const sealed = first && 'token' in first.payload ? first.payload.token : { key: '', nonce: '' }
    const url = `/confirm/${openToken(services.secrets, sealed)}`
    expect((await app.inject(url)).body).toContain('Send me a new mail')
    clock.set('2026-05-06T09:00:00Z')
    expect((await post(url, 'action=renew')).body).toContain('Check your inbox')
    clock.set('2026-05-06T07:00:00Z')
    expect((await owedTo(db, 'sure@example.org')).at(-1)).toMatchObject({ kind: 'notice', status: 'due' })
  })

  it('offers a new mail when it has expired', async () => {
    await signup({ email: 'late@example.org', frequency: 'weekly' })
    const url = `/confirm/${await mailedToken(services, 'late@example.org')}`
    clock.set('2026-05-14T07:00:00Z')
    const answer = await post(url)
    expect(answer.statusCode).toBe(410)
    expect(answer.body).toContain('Send me a new mail')
    expect((await post(url, 'action=renew')).statusCode).toBe(200)
    expect((await app.inject(url)).body).toContain('There is a newer mail')
    await post(`/confirm/${await mailedToken(services, 'late@example.org')}`)
    expect(await statusOf(db, 'late@example.org')).toBe('active')
    expect(await db.sql(`SELECT frequency FROM subscriber WHERE email = 'late@example.org'`)).toEqual([
      { frequency: 'weekly' },
    ])
  })

  it.each(['nonsense', 'a'.repeat(43), '%00', encodeURIComponent('../../etc')])(
    'says that %s is unknown',
    async (token) => {
      const answer = await app.inject({ url: `/confirm/${token}`, headers: { accept: 'text/html' } })
      expect([400, 404]).toContain(answer.statusCode)
      expect((await post(`/confirm/${token}`)).statusCode).toBe(answer.statusCode)
    },
  )
})

describe('/unsubscribe/TOKEN', () => {
  it.each([
    ['urlencoded', 'List-Unsubscribe=One-Click', form],
    [
      'multipart',
      '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
      'multipart/form-data; boundary=b',
    ],
    ['of an unknown type', 'List-Unsubscribe=One-Click', 'application/x-unheard-of'],
  ])('takes a one-click POST that is %s, twice', async (name, payload, type) => {
    const email = `${name.replaceAll(' ', '-')}@example.com`
    const url = await active(email)
    expect((await app.inject(url)).body).toContain('Unsubscribe</button>')
    expect((await app.inject({ method: 'HEAD', url })).statusCode).toBe(200)
    expect(await statusOf(db, email)).toBe('active')
    for (let i = 0; i < 2; i += 1) {
      const answer = await post(url, payload, type)
      expect(answer.statusCode).toBe(200)
      expect(answer.headers['set-cookie']).toBeUndefined()
      expect(answer.headers['location']).toBeUndefined()
    }
    expect(await statusOf(db, email)).toBe('unsubscribed')
  })

  it('takes a POST without a body', async () => {
    const url = await active('empty@example.com')
    expect((await app.inject({ method: 'POST', url })).statusCode).toBe(200)
    expect(await statusOf(db, 'empty@example.com')).toBe('unsubscribed')
  })

  it('takes a reason of any length, and keeps so many of a day', async () => {
    const url = await active('words@example.com')
    expect((await post(url, `words=${encodeURIComponent('x'.repeat(499))}%F0%9F%98%80`)).statusCode).toBe(200)
    for (let i = 0; i < 60; i += 1) await post(url, `words=again ${i}`)
    const kept = await db.sql<{ reason: string }>(
      `SELECT detail->>'reason' AS reason FROM consent
       WHERE subscriber_id = (SELECT id FROM subscriber WHERE email = 'words@example.com') AND action = 'unsubscribe' ORDER BY id`,
    )
    expect(kept.length).toBeLessThanOrEqual(50)
    expect([kept[0]?.reason, kept.at(-1)?.reason]).toEqual(['x'.repeat(499), 'again 59'])
  })

  it('takes a leaving back five times a day, and then lets go', async () => {
    const url = await active('back@example.com')
    const back: number[] = []
    for (let i = 0; i < 7; i += 1) {
      await post(url, '')
      back.push((await post(url, 'action=resubscribe')).statusCode)
    }
    expect(back).toEqual([200, 200, 200, 200, 200, 410, 410])
    expect(await statusOf(db, 'back@example.com')).toBe('unsubscribed')
  })

  it('keeps a reason and takes the reader back within a day', async () => {
    const url = await active('regret@example.com')
    await post(url)
    expect((await post(url, 'reason=too+often&words=Really')).body).toContain('telling us why')
    expect((await post(url, 'action=resubscribe')).body).toContain('Good to have you back')
    expect(await statusOf(db, 'regret@example.com')).toBe('active')
    expect(
      await db.sql(
        `SELECT c.action, c.detail FROM consent c JOIN subscriber s ON s.id = c.subscriber_id
         WHERE s.email = 'regret@example.com' ORDER BY c.id`,
      ),
    ).toMatchObject([
      { action: 'signup' },
      { action: 'confirm' },
      { action: 'unsubscribe', detail: null },
      { action: 'unsubscribe', detail: { reason: 'too often: Really' } },
      { action: 'resubscribe' },
    ])
    await post(url)
    clock.set('2026-05-16T07:00:00Z')
    expect((await post(url, 'action=resubscribe')).statusCode).toBe(410)
  })

  it('knows no forged link', async () => {
    const url = await active('forged@example.com')
    const forged = url.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
    expect((await post(forged)).statusCode).toBe(404)
    expect(await statusOf(db, 'forged@example.com')).toBe('active')
  })
})
