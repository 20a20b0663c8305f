/** What strangers put into forms and headers, at the doors of readers and of operators. */
import { beforeAll, describe, expect, it } from 'vitest'
import { abuseKey } from '../../src/subscribers/address.js'
import { sign } from '../../src/subscribers/links.js'
import { adminServer, testAdminKey } from '../support/admin-services.js'

let server: Awaited<ReturnType<typeof adminServer>>
beforeAll(async () => void (server = await adminServer()))

describe('a multipart body that its boundary does not divide', () => {
  const bodies: [string, string][] = [
    ['multipart/form-data', 'x'],
    ['multipart/form-data; boundary=other', '--mine\r\n\r\nx\r\n--mine--\r\n'],
  ]
  it.each(bodies)('is 400 at the sign-up, as %s', async (type, payload) => {
    const answer = await server.app.inject({
      method: 'POST',
      url: '/api/v1/subscribers',
      headers: { 'content-type': type },
      payload,
    })
    expect(answer.statusCode).toBe(400)
  })

  it.each(bodies)('unsubscribes all the same, as %s', async (type, payload) => {
    const email = `r${bodies.findIndex(([one]) => one === type)}@example.org`
    const made = await server.call('POST', '/subscribers', { body: { email, confirm: false } })
    const { id } = made.json()
    const url = `/unsubscribe/${sign(server.services.secrets, 'unsubscribe', id)}`
    const answer = await server.app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': type },
      payload,
    })
    expect(answer.statusCode).toBe(200)
    expect((await server.call('GET', `/subscribers/${id}`)).json().status).toBe('unsubscribed')
  })
})

it('a sign-in or sign-out that another site sends is refused', async () => {
  const post = (url: string, headers: Record<string, string>) =>
    server.app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      payload: new URLSearchParams({ key: testAdminKey }).toString(),
    })
  for (const url of ['/admin/sign-in', '/admin/sign-out']) {
    for (const origin of ['https://eve.example', 'null', 'http://papers.test.eve.example']) {
      expect((await post(url, { origin })).statusCode, `${url} ${origin}`).toBe(403)
    }
    expect((await post(url, { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403)
    expect((await post(url, { origin: 'http://papers.test' })).statusCode).toBe(303)
  }
})

it('answers to operators are kept nowhere, and an export is noted', async () => {
  for (const path of ['/subscribers', '/subscribers.csv', '/keys', '/nothing']) {
    expect((await server.call('GET', path)).headers['cache-control'], path).toBe('no-store')
  }
  const { items } = (await server.call('GET', '/audit?action=subscribers.exported')).json()
  expect(items).toMatchObject([{ who: 'key:ADMIN_KEY', target: 'subscribers' }])
})

it('an office is not signed up, and both names of one mailbox count as one', async () => {
  for (const email of ['abuse@example.org', 'Postmaster+x@example.org']) {
    const answer = await server.app.inject({ method: 'POST', url: '/api/v1/subscribers', payload: { email } })
    expect(answer.statusCode, email).toBe(422)
  }
  const [one, other] = ['gmail.com', 'googlemail.com'].map((domain) =>
    abuseKey({ email: `a.b@${domain}`, domain }),
  )
  expect(one).toBe(other)
})
