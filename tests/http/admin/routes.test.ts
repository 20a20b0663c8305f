import { beforeAll, describe, expect, it } from 'vitest'
import { scopes } from '../../../src/operations/keys/scopes.js'
import { adminServer } from '../../support/admin-services.js'

type Server = Awaited<ReturnType<typeof adminServer>>

let server: Server
let operations: { method: string; url: string; scope: string | undefined }[]

beforeAll(async () => {
  server = await adminServer()
  operations = server.routes
    .filter((route) => route.url.startsWith('/api/v1/admin'))
    .flatMap((route) => {
      const methods = Array.isArray(route.method) ? route.method : [route.method]
      return methods.map((method) => ({ method, url: route.url, scope: route.config?.scope }))
    })
})

/** Parameters that fit the patterns of all routes, so that a refusal is about the key alone. */
const filled = (url: string) => url.replace(/:(\w+)/g, (_, name) => (name === 'date' ? '2026-08-04' : '1'))

let places = 0
const inject = (operation: (typeof operations)[number], key: string | null) => {
  places += 1
  return server.app.inject({
    method: operation.method as 'GET',
    url: filled(operation.url),
    remoteAddress: `10.${places >> 16}.${(places >> 8) & 255}.${places & 255}`,
    ...(key ? { headers: { authorization: `Bearer ${key}` } } : {}),
  })
}

describe('every route of the operator', () => {
  it('names a scope that exists', () => {
    expect(operations.length).toBeGreaterThan(5)
    for (const { method, url, scope } of operations) {
      expect(scopes, `${method} ${url} names ${scope}`).toContain(scope)
    }
  })

  it('is listed in the description of the API, with the key that it needs', async () => {
    const document = (await server.app.inject('/openapi.json')).json()
    for (const { method, url } of operations.filter(({ method }) => method !== 'HEAD')) {
      const path = url.replaceAll(/:(\w+)/g, '{$1}')
      const described = document.paths[path]?.[method.toLowerCase()]
      expect(described?.security, `${method} ${path}`).toEqual([{ key: [] }])
      expect(Object.keys(described.responses)).toEqual(expect.arrayContaining(['401', '403', '429']))
    }
  })

  it('is closed to those without a key, and to a wrong one', async () => {
    for (const operation of operations) {
      for (const key of [null, 'dp_nonsense', 'x'.repeat(40)]) {
        const answer = await inject(operation, key)
        expect(answer.statusCode, `${operation.method} ${operation.url}`).toBe(401)
      }
    }
  })

  it('is closed to every scope but its own', async () => {
    for (const scope of scopes) {
      const others = scopes.filter((other) => other !== scope)
      const foreign = await server.keyWith(...others)
      for (const operation of operations.filter((operation) => operation.scope === scope)) {
        const answer = await inject(operation, foreign)
        expect([403, 429], `${operation.method} ${operation.url}`).toContain(answer.statusCode)
        server.clock.forward(61)
      }
    }
  })

  it('is refused at start when it names none', async () => {
    const { guardRoutes } = await import('../../../src/http/admin/guard/auth.js')
    const { fastify } = await import('fastify')
    const app = fastify()
    guardRoutes(app, server.services)
    expect(() => app.get('/api/v1/admin/new', () => 'x')).toThrow('names no scope')
  })
})

describe('guessing', () => {
  it('is slowed down, and others are not', async () => {
    const from = '198.51.100.7'
    const guess = () => server.call('GET', '/keys', { key: 'dp_wrong', from })
    for (let i = 0; i < 20; i += 1) expect((await guess()).statusCode).toBe(401)
    const refused = await guess()
    expect(refused.statusCode).toBe(429)
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    // A right key is never refused for wrong ones of somebody else, who may stand behind the same proxy.
    expect((await server.call('GET', '/keys', { from })).statusCode).toBe(200)
    expect((await guess()).statusCode).toBe(429)
    server.clock.forward(61)
    expect((await guess()).statusCode).toBe(401)
  })

  it('is counted for all processes together, and for all addresses of a /64', async () => {
    const { buildServer } = await import('../../../src/http/server.js')
    const other = await buildServer(server.services)
    const guess = (i: number, app = server.app) =>
      app.inject({
        url: '/api/v1/admin/keys',
        headers: { authorization: 'Bearer dp_wrong' },
        remoteAddress: `2001:db8:0:1::${i}`,
      })
    for (let i = 0; i < 20; i += 1) expect((await guess(i)).statusCode).toBe(401)
    const refused = await guess(21, other)
    expect(refused.statusCode).toBe(429)
    expect(Number(refused.headers['retry-after'])).toBe(60)
    const right = () =>
      other.inject({ url: '/api/v1/admin/keys', headers, remoteAddress: '2001:db8:0:1:a::' })
    const headers = { authorization: `Bearer ${await server.keyWith('keys:write')}` }
    expect((await right()).statusCode).toBe(200)
    server.clock.forward(61)
    expect((await guess(22, other)).statusCode).toBe(401)
    await other.close()
  })

  it('at scopes does not keep a key from what it may do', async () => {
    const key = await server.keyWith('keys:write')
    for (let i = 0; i < 25; i += 1) await server.call('GET', '/audit', { key })
    expect((await server.call('GET', '/audit', { key })).statusCode).toBe(429)
    expect((await server.call('GET', '/keys', { key })).statusCode).toBe(200)
  })
})
