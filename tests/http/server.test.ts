import type { FastifyInstance, RouteOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Problem } from '../../src/errors.js'
import { openDb } from '../../src/db/client.js'
import { silentLog } from '../../src/log.js'
import { buildServer } from '../../src/http/server.js'
import { testServices } from '../support/services.js'
import { testDatabase } from '../support/test-database.js'

let app: FastifyInstance
const faults: Record<string, () => never> = {
  unforeseen: () => {
    throw new Error('password=hunter2')
  },
  busy: () => {
    throw new Problem('too-many-requests', 'Come back later.', { retryAfter: 12.2 })
  },
}

beforeAll(async () => {
  const { db } = await testDatabase()
  app = await buildServer(await testServices(db))
  const schema = { querystring: { type: 'object', properties: { n: { type: 'integer', minimum: 1 } } } }
  app.get('/test/:fault', { schema }, async (request) => {
    faults[(request.params as { fault: string }).fault]?.()
    return 'fine'
  })
  app.post('/test', async (request) => request.body)
})
afterAll(() => app.close())

const page = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

describe('every route', () => {
  it('has a schema with answers and a summary', async () => {
    const { db } = await testDatabase()
    const routes: RouteOptions[] = []
    const built = await buildServer(await testServices(db), (route) => routes.push(route))
    const ours = routes.filter((route) => !/^\/(docs|assets)(\/|$)/.test(route.url))
    const bare = ours.filter((route) => {
      const schema = route.schema as { response?: object; summary?: string; hide?: boolean } | undefined
      return !schema?.hide && (!schema?.response || !schema.summary)
    })
    expect(bare.map((route) => `${String(route.method)} ${route.url}`)).toEqual([])
    expect(ours.length).toBeGreaterThan(3)
    await built.close()
  })

  it('answers HEAD as GET', async () => {
    const answer = await app.inject({ method: 'HEAD', url: '/healthz' })
    expect(answer.statusCode).toBe(200)
    expect(answer.body).toBe('')
  })
})

describe('failures', () => {
  it('tells programs what is wrong as problem+json with a stable type', async () => {
    const answer = await app.inject('/nowhere')
    expect(answer.statusCode).toBe(404)
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect(answer.json()).toMatchObject({ type: 'http://papers.test/problems/not-found', status: 404 })
  })

  it('shows browsers a page', async () => {
    const answer = await app.inject({ url: '/nowhere', headers: page })
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(answer.body).toContain('<h1>There is nothing here</h1>')
  })

  it('keeps an unforeseen error to itself', async () => {
    const answer = await app.inject('/test/unforeseen')
    expect(answer.statusCode).toBe(500)
    expect(answer.body).not.toContain('hunter2')
    expect(answer.json()).toMatchObject({ title: 'Something went wrong on our side' })
  })

  it('says when to come back', async () => {
    const answer = await app.inject('/test/busy')
    expect(answer.statusCode).toBe(429)
    expect(answer.headers['retry-after']).toBe('13')
  })

  it('points at the value that is wrong', async () => {
    const answer = await app.inject('/test/none?n=0')
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ errors: [{ in: 'querystring', pointer: '/n' }] })
  })

  it.each([
    ['a body that is no JSON', { payload: '{', headers: { 'content-type': 'application/json' } }, 400],
    ['an unknown type', { payload: 'x', headers: { 'content-type': 'application/x-mystery' } }, 415],
    ['a body over the limit', { payload: { text: 'x'.repeat(70_000) } }, 413],
    [
      'a body nested deep',
      { payload: '['.repeat(30_000) + ']'.repeat(30_000), headers: { 'content-type': 'application/json' } },
      400,
    ],
    ['a NUL character', { payload: { deep: [{ text: 'a\0b' }] } }, 400],
    [
      'a polluting key',
      { payload: '{"__proto__":{"a":1}}', headers: { 'content-type': 'application/json' } },
      400,
    ],
  ])('refuses %s', async (_name, request, status) => {
    const answer = await app.inject({ method: 'POST', url: '/test', ...request })
    expect(answer.statusCode).toBe(status)
    expect(answer.json()).toMatchObject({ status })
  })

  it.each(['/%', '/assets/%2e%2e/pages/layout.eta', '/problems/%00'])('survives %s', async (url) => {
    const answer = await app.inject(url)
    expect([400, 403, 404]).toContain(answer.statusCode)
    expect(answer.headers['content-type']).toContain('application/problem+json')
  })
})

describe('health', () => {
  it('is alive and ready on a current database', async () => {
    expect((await app.inject('/healthz')).json()).toEqual({ status: 'alive' })
    expect((await app.inject('/readyz')).json()).toEqual({ status: 'ready' })
  })

  it('is alive but not ready without a database', async () => {
    const db = openDb('postgres://nobody@127.0.0.1:1/none', silentLog)
    const cut = await buildServer(await testServices(db))
    expect((await cut.inject('/healthz')).statusCode).toBe(200)
    const answer = await cut.inject('/readyz')
    expect(answer.statusCode).toBe(503)
    expect(answer.json()).toMatchObject({ detail: 'The database cannot be reached at the moment.' })
    await cut.close()
    await db.close()
  })

  it('is not ready on a database that lacks a migration', async () => {
    const { db } = await testDatabase()
    await db.sql('UPDATE "_prisma_migrations" SET rolled_back_at = now()')
    const behind = await buildServer(await testServices(db))
    const answer = await behind.inject('/readyz')
    expect(answer.statusCode).toBe(503)
    expect(answer.body).toContain('20261123000000_init')
    await behind.close()
  })
})

describe('what every answer carries', () => {
  it('has a strict policy and no referrer for others', async () => {
    const { headers } = await app.inject('/healthz')
    expect(headers['content-security-policy']).toContain(
      "default-src 'none';script-src 'self';style-src 'self'",
    )
    expect(headers['referrer-policy']).toBe('same-origin')
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['strict-transport-security']).toBeUndefined()
  })

  it('describes itself as OpenAPI 3.1 and as a page', async () => {
    const document = (await app.inject('/openapi.json')).json<{ openapi: string; paths: object }>()
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths)).toContain('/readyz')
    expect((await app.inject({ url: '/docs/', headers: page })).body).toContain('swagger-ui')
  })

  it('takes forms of both kinds', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await app.inject({ method: 'POST', url: '/test', payload: 'a=1', headers })
    expect(answer.json()).toEqual({ a: '1' })
  })
})
