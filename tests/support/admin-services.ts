/** The service for the tests of the operator's side: a clock that they set, calls with a key. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse, RouteOptions } from 'fastify'
import type { Author } from '../../src/operations/audit.js'
import { afterAll } from 'vitest'
import { createKey } from '../../src/operations/keys/keys.js'
import type { GrantedScope } from '../../src/operations/keys/scopes.js'
import type { Services } from '../../src/services.js'
import { buildServer } from '../../src/http/server.js'
import { stoppedClock, testServices } from './services.js'
import { testDatabase } from './test-database.js'

export const testAdminKey = 'an-admin-key-for-tests-0123456789abcdef'
export const author: Author = { who: 'cli', why: 'a test', requestId: null }

type Clock = ReturnType<typeof stoppedClock> & { forward(seconds: number): void }

export async function adminServices(
  env: Record<string, string> = {},
): Promise<{ services: Services; clock: Clock; url: string }> {
  const { db, url } = await testDatabase()
  const clock = stoppedClock('2026-08-05T05:00:00Z')
  const forward = (seconds: number) =>
    clock.set(new Date(clock.now().getTime() + seconds * 1000).toISOString())
  const dataDir = await mkdtemp(join(tmpdir(), 'admin-'))
  afterAll(() => rm(dataDir, { recursive: true, force: true }))
  const services = await testServices(db, { ADMIN_KEY: testAdminKey, DATA_DIR: dataDir, ...env }, { clock })
  return { services, clock: Object.assign(clock, { forward }), url }
}

export type Call = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  options?: { body?: unknown; key?: string | null; headers?: Record<string, string>; from?: string },
) => Promise<LightMyRequestResponse>

/** The server with a way to call the operator's API, by ADMIN_KEY unless another key is given. */
export async function adminServer(env: Record<string, string> = {}): Promise<{
  services: Services
  clock: Clock
  app: FastifyInstance
  routes: RouteOptions[]
  call: Call
  keyWith(...scopes: GrantedScope[]): Promise<string>
}> {
  const made = await adminServices(env)
  const routes: RouteOptions[] = []
  const app = await buildServer(made.services, (route) => routes.push(route))
  await app.ready()
  const call: Call = (method, path, { body, key = testAdminKey, headers = {}, from = '192.0.2.1' } = {}) => {
    const sent: InjectOptions = { method, url: `/api/v1/admin${path}`, remoteAddress: from, headers }
    if (key) sent.headers = { ...headers, authorization: `Bearer ${key}` }
    if (body !== undefined) sent.payload = body as object
    return app.inject(sent)
  }
  const keyWith = async (...scopes: GrantedScope[]) =>
    (
      await made.services.db.transaction('request', (tx) =>
        createKey(tx, made.clock, { name: scopes.join(' '), scopes }, author),
      )
    ).key
  return { ...made, app, routes, call, keyWith }
}

export const day = '2026-08-04'

/** Lists so many papers on {@link day}, as a good look after its end would. */
export async function listPapers(server: { services: Services; call: Call }, count: number): Promise<void> {
  for (let i = 1; i <= count; i += 1) {
    const body = {
      id: `2608.0000${i}`,
      title: `Paper ${i}: ${'abcdefgh'[i]} of the ${'mnopqrst'[i]}`,
      abstract: `What paper ${i} says. `.repeat(5),
      authors: [`Author ${i}`],
    }
    const added = await server.call('POST', `/days/${day}/papers`, { body })
    if (added.statusCode !== 201) throw new Error(added.body)
  }
  const { db, clock } = server.services
  await db.sql(`UPDATE paper SET votes = 90 - right(id, 1)::int * 10`)
  await db.sql(`INSERT INTO look (source, day, at, outcome, papers) VALUES ('hub', $1, $2, 'ok', $3)`, [
    day,
    clock.now(),
    count,
  ])
}
