import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { adminServer, testAdminKey } from '../../support/admin-services.js'

let server: Awaited<ReturnType<typeof adminServer>>

beforeAll(async () => {
  server = await adminServer()
})

const get = (url: string, cookie?: string) =>
  server.app.inject({ method: 'GET', url, headers: cookie ? { cookie } : {} })

async function signIn(key = testAdminKey, from = '192.0.2.1', to = '') {
  const answer = await server.app.inject({
    method: 'POST',
    url: '/admin/sign-in',
    remoteAddress: from,
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'http://papers.test' },
    payload: new URLSearchParams({ key, ...(to && { to }) }).toString(),
  })
  const cookie = String(answer.headers['set-cookie'] ?? '')
  return { answer, cookie: cookie.split(';')[0] ?? '', attributes: cookie }
}

describe('a session', () => {
  it('stands for a key, in a cookie that no script and no other site can use', async () => {
    expect((await get('/admin')).headers['location']).toBe('/admin/sign-in')
    const { answer, cookie, attributes } = await signIn()
    expect(answer.statusCode).toBe(303)
    expect(attributes).toMatch(/HttpOnly; SameSite=Strict$/)
    expect((await get('/admin', cookie)).statusCode).toBe(200)
    expect((await signIn('wrong')).answer.statusCode).toBe(401)
  })

  it('comes after the page that a link led to, and leads to no other site', async () => {
    const first = await get('/admin/editions/2026-08-04?reader=ada%40example.org')
    const place = String(first.headers['location'])
    expect(place).toBe('/admin/sign-in?to=%2Fadmin%2Feditions%2F2026-08-04%3Freader%3Dada%2540example.org')
    const form = (await get(place)).body
    expect(form).toContain('name="to" value="/admin/editions/2026-08-04?reader=ada%40example.org"')
    const to = /name="to" value="([^"]+)"/.exec(
      (await signIn('wrong', '192.0.2.9', '/admin/audit')).answer.body,
    )?.[1]
    expect(to).toBe('/admin/audit')
    expect((await signIn(testAdminKey, '192.0.2.9', '/admin/audit')).answer.headers['location']).toBe(
      '/admin/audit',
    )
    const away = [
      'https://evil.example/',
      '//evil.example',
      '/admin/../evil',
      '/admin@evil.example',
      '/admin/sign-out',
      '/admin/\\evil',
    ]
    for (const elsewhere of away) {
      const { answer } = await signIn(testAdminKey, '192.0.2.9', elsewhere)
      expect(answer.headers['location'], elsewhere).toMatch(/^\/admin(?:\/\/?evil)?$/)
    }
  })

  it('is looked for once more when a link of another site, such as a mail, leads here', async () => {
    const url = '/admin/audit?who=cli'
    const headers = { 'sec-fetch-site': 'cross-site' }
    const answer = await server.app.inject({ method: 'GET', url, headers })
    expect(answer.statusCode).toBe(200)
    expect(answer.body).toContain('<meta http-equiv="refresh" content="0;url=/admin/audit?who=cli">')
  })

  it('ends with the key, with signing out, and in time', async () => {
    const key = await server.keyWith('editions:read')
    const { cookie } = await signIn(key)
    expect((await get('/admin', cookie)).statusCode).toBe(200)
    expect((await get('/admin/keys', cookie)).statusCode).toBe(403)
    await server.call('DELETE', `/keys/${key.slice(3, 11)}`)
    expect((await get('/admin', cookie)).statusCode).toBe(303)
    const second = await signIn()
    await server.app.inject({
      method: 'POST',
      url: '/admin/sign-out',
      headers: { cookie: second.cookie, origin: 'http://papers.test' },
    })
    expect((await get('/admin', second.cookie)).statusCode).toBe(303)
  })

  it('changes nothing without the token of a page', async () => {
    const { cookie } = await signIn()
    const token = /name="csrf" content="([^"]+)"/.exec((await get('/admin', cookie)).body)?.[1] ?? ''
    const change = (headers: Record<string, string>) =>
      server.app.inject({
        method: 'POST',
        url: '/api/v1/admin/suppressions',
        remoteAddress: '192.0.2.77',
        headers: { cookie, ...headers },
        payload: { email: 'x@example.org' },
      })
    expect((await change({})).statusCode).toBe(401)
    expect((await change({ 'x-csrf-token': 'x'.repeat(43) })).statusCode).toBe(401)
    expect((await change({ 'x-csrf-token': token })).statusCode).toBe(200)
  })

  it('is slow to guess', async () => {
    for (let i = 0; i < 10; i += 1) await signIn(`guess ${i}`, '203.0.113.5')
    expect((await signIn('guess 11', '203.0.113.5')).answer.statusCode).toBe(429)
    expect((await signIn(testAdminKey, '203.0.113.5')).answer.statusCode).toBe(303)
  })
})

it('ships the scripts, the styles and the chart that its pages ask for, always of one age', async () => {
  expect((await get('/admin/chart/uPlot.esm.js')).statusCode).toBe(200)
  expect((await get('/admin/chart/uPlot.cjs.js')).statusCode).toBe(404)
  const layout = await readFile('templates/pages/admin/layout.eta', 'utf8')
  const script = await readFile('templates/assets/desk/desk.js', 'utf8')
  const files = [...layout.matchAll(/"(\/admin\/files\/[^"]+)"/g), ...script.matchAll(/'\.\/([^']+)'/g)]
  expect(files.length).toBeGreaterThan(8)
  for (const [, file = ''] of files) {
    const answer = await get(file.startsWith('/') ? file : `/admin/files/${file}`)
    expect([answer.statusCode, answer.headers['cache-control']], file).toEqual([200, 'public, max-age=0'])
  }
})

describe('a page of the desk', () => {
  it('shows a key only what it may see, and only the buttons that it may press', async () => {
    const { cookie } = await signIn(await server.keyWith('editions:read'))
    const page = (await get('/admin', cookie)).body
    expect(page).not.toContain('Subscribers</a>')
    expect(page).not.toContain('data-chart')
    expect(page).not.toContain('data-call')
    const settings = (await get('/admin/settings', cookie)).body
    expect(settings).not.toContain('Secrets of the webhooks')
    expect(settings).not.toContain('Keep these settings')
  })

  it('says in its own style what is refused, and what is not there', async () => {
    const { cookie } = await signIn()
    const reader = await signIn(await server.keyWith('editions:read'))
    for (const [path, as, status, words] of [
      ['/nothing', cookie, 404, 'There is nothing here'],
      ['/editions/2026-01-01', cookie, 404, 'There is no edition of 2026-01-01.'],
      ['/papers?date=2026-02-31', cookie, 400, 'This day does not exist.'],
      ['/subscribers?cursor=x', cookie, 400, 'This cursor is not one of ours.'],
      ['/subscribers/99', cookie, 404, 'There is no such subscriber.'],
      ['/keys', reader.cookie, 403, 'keys:write'],
    ] as const) {
      const answer = await get(`/admin${path}`, as)
      expect(answer.statusCode, path).toBe(status)
      expect(answer.body, path).toContain(words)
      expect(answer.body, path).toContain('Back to the overview')
    }
    expect((await get('/admin/nothing')).body).toContain('Sign in')
  })
})
