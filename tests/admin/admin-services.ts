/** The service for the tests of the operator's side: a clock that they set, calls with a key. */
import type { FastifyInstance, InjectOptions, LightMyRequestResponse, RouteOptions } from 'fastify'
import type { Author } from '../../src/admin/audit.js'
import { createKey } from '../../src/admin/keys.js'
import type { GrantedScope } from '../../src/admin/scopes.js'
import type { Services } from '../../src/services.js'
import { buildServer } from '../../src/web/server.js'
import { stoppedClock, testServices } from '../support/services.js'
import { testDatabase } from '../support/test-database.js'

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
  const services = await testServices(db, { ADMIN_KEY: testAdminKey, ...env }, { clock })
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
    (await createKey(made.services, { name: scopes.join(' '), scopes }, author)).key
  return { ...made, app, routes, call, keyWith }
}
