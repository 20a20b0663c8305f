/** What strangers put into forms and headers, at the doors of readers and of operators. */
import { type AddressInfo, connect } from 'node:net'
import { text as textOf } from 'node:stream/consumers'
import { pino } from 'pino'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildServer } from '../../src/http/server.js'
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
    const url = `/unsubscribe/${sign(server.services.secrets, 'unsubscribe', { id, epoch: 0 })}`
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

describe('half of a surrogate pair, which no database stores', () => {
  const half = 'a\ud800b'

  it('is refused in JSON, at the sign-up and wherever operators write', async () => {
    const signup = await server.app.inject({
      method: 'POST',
      url: '/api/v1/subscribers',
      payload: { email: 'half@example.org', source: half },
    })
    expect(signup.statusCode).toBe(400)
    const body = { name: half, scopes: ['papers:read'] }
    expect((await server.call('POST', '/keys', { body })).statusCode).toBe(400)
    expect((await server.call('POST', '/keys', { body: { ...body, [half]: 'x' } })).statusCode).toBe(400)
  })

  it('is left out of a form that is sent as UTF-16, and keeps nobody from leaving', async () => {
    const post = (url: string, field: string, text: string, email = 'half@example.org') => {
      const head = `--b\r\nContent-Disposition: form-data; name="email"\r\n\r\n${email}\r\n--b\r\nContent-Disposition: form-data; name="${field}"\r\nContent-Type: text/plain; charset=utf-16le\r\n\r\n`
      const payload = Buffer.concat([
        Buffer.from(head),
        Buffer.from(text, 'utf16le'),
        Buffer.from('\r\n--b--\r\n'),
      ])
      const headers = { 'content-type': 'multipart/form-data; boundary=b', accept: 'application/json' }
      return server.app.inject({ method: 'POST', url, headers, payload })
    }
    expect((await post('/api/v1/subscribers', 'source', half)).statusCode).toBe(202)
    const made = await server.call('POST', '/subscribers', {
      body: { email: 'h@example.org', confirm: false },
    })
    const { id } = made.json()
    const url = `/unsubscribe/${sign(server.services.secrets, 'unsubscribe', { id, epoch: 0 })}`
    expect((await post(url, 'words', half)).statusCode).toBe(200)
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
    expect((await post(url, {})).statusCode, `${url} without Origin`).toBe(403)
    expect((await post(url, { origin: 'http://papers.test' })).statusCode).toBe(303)
  }
})

it('preferences that another site sends stay as they are', async () => {
  const made = await server.call('POST', '/subscribers', { body: { email: 'p@example.org', confirm: false } })
  const { id } = made.json()
  const { secrets, clock } = server.services
  const end = new Date(clock.now().getTime() + 60_000)
  const cookie = `preferences=${sign(secrets, 'session', { id, epoch: 0 }, end)}`
  const link = `/preferences/${sign(secrets, 'preferences', { id, epoch: 0 }, end)}`
  const post = (url: string, headers: Record<string, string>) =>
    server.app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded', cookie, ...headers },
      payload: 'action=unsubscribe',
    })
  for (const url of ['/preferences', link]) {
    for (const origin of ['https://eve.example', 'null', 'http://papers.test.eve.example']) {
      expect((await post(url, { origin })).statusCode, `${url} ${origin}`).toBe(401)
    }
  }
  expect((await server.call('GET', `/subscribers/${id}`)).json().status).toBe('active')
  expect((await post('/preferences', { origin: 'http://papers.test' })).statusCode).toBe(200)
  expect((await server.call('GET', `/subscribers/${id}`)).json().status).toBe('unsubscribed')
})

describe('over a connection', () => {
  let port: number
  const lines: string[] = []
  beforeAll(async () => {
    const { log } = server.services
    Object.assign(server.services, { log: pino({ level: 'trace' }, { write: (line) => lines.push(line) }) })
    const app = await buildServer(server.services)
    Object.assign(server.services, { log })
    await app.listen({ port: 0, host: '127.0.0.1' })
    port = (app.server.address() as AddressInfo).port
    return () => app.close()
  })

  it.each([
    ['GET / HTTP/1.1\r\nHost: x\r\nno header s3cr3t\r\n\r\n', '400'],
    [`GET /${'s3cr3t'.repeat(5000)} HTTP/1.1\r\nHost: x\r\n\r\n`, '431'],
    ['s3cr3t\r\n\r\n', '400'],
  ])('a malformed request is refused, and its words are in no line of the log', async (bytes, status) => {
    const answer = await textOf(connect(port, '127.0.0.1').end(bytes))
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(lines.join('')).toContain('a malformed request was refused')
    // Pino writes buffers as lists of their bytes.
    expect(lines.join('')).not.toMatch(/s3cr3t|rawPacket|115,51,99,114/)
  })

  it('a multipart body ends when it is over the limit', async () => {
    const socket = connect(port, '127.0.0.1')
    socket.write(
      'POST /api/v1/subscribers HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n' +
        'Transfer-Encoding: chunked\r\n\r\n',
    )
    const chunk = `400\r\n${'x'.repeat(1024)}\r\n`
    const part = '--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
    socket.write(`${part.length.toString(16)}\r\n${part}\r\n${chunk.repeat(80)}`)
    // The body has no end: only the server can end this.
    expect(await textOf(socket)).toMatch(/^HTTP\/1.1 413 /)
  })
})

it('answers to operators are kept nowhere, and exports are noted', async () => {
  for (const path of ['/subscribers', '/subscribers.csv', '/keys', '/nothing']) {
    expect((await server.call('GET', path)).headers['cache-control'], path).toBe('no-store')
  }
  const { items } = (await server.call('GET', '/audit?action=subscribers.exported')).json()
  expect(items).toMatchObject([{ who: 'key:ADMIN_KEY', target: 'subscribers' }])
  const headers = { 'content-type': 'text/csv' }
  const { id } = (await server.call('POST', '/imports', { body: 'email\nnone\n', headers })).json()
  expect((await server.call('GET', `/imports/${id}/faults.csv`)).statusCode).toBe(200)
  const faults = (await server.call('GET', '/audit?action=import.faults-exported')).json()
  expect(faults.items).toMatchObject([{ who: 'key:ADMIN_KEY', target: `import:${id}` }])
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
