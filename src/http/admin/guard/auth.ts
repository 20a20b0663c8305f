/** Lets a request through to a route when its key holds the scope that the route names. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem } from '../../../errors.js'
import type { Services } from '../../../services.js'
import { type Author, reasonOf } from '../../../operations/audit.js'
import { hasCsrfToken, sessionHolder } from './desk-session.js'
import { withoutPrivateValues } from './private-values.js'
import { allows, type Scope } from '../../../operations/keys/scopes.js'
import { type Place, placesOf, Throttle } from './wrong-keys.js'
import { type KeyHolder, verifyKey } from './verify-key.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a key must be allowed to reach this route of the operator's. */
    scope?: Scope
    /** What parameters of its query need besides, by their names. */
    queryScopes?: Record<string, Scope>
  }
  interface FastifyRequest {
    /** Whose key the request came with; null outside the operator's routes. */
    keyHolder: KeyHolder | null
  }
}

const guesses = { name: 'api', failures: 20, windowSeconds: 60 }

/**
 * Guards every route that is registered on this instance afterwards. A route without a scope does not
 * start. A wrong key is answered 401, a wrong scope 403, and either 429 after many;
 * a right one is never refused for what others tried from the same place. What the key's scopes
 * do not cover is masked in every answer.
 */
export function guardRoutes(app: FastifyInstance, services: Services): void {
  app.decorateRequest('keyHolder', null)
  const throttle = new Throttle(services, guesses)
  app.addHook('onRoute', (route) => {
    if (!route.config?.scope) throw new Error(`${String(route.method)} ${route.url} names no scope`)
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store')
    const holder = await identify(services, request)
    if (!holder) {
      const places = placesOf(request.ip)
      throttle.requireOpen(places)
      await refuse(services, throttle, places, request)
      throw new Problem('unauthorized', 'A valid key is needed: Authorization: Bearer dp_…')
    }
    const missing = scopesAsked(request).find((scope) => !allows(holder.scopes, scope))
    if (missing) {
      // Counted by key, and without hindering what the key may do.
      const ofKey = [{ key: holder.id, times: 1 }]
      throttle.requireOpen(ofKey)
      await refuse(services, throttle, ofKey, request)
      throw new Problem('forbidden', `This key does not hold the scope ${missing}.`)
    }
    request.keyHolder = holder
  })
  app.addHook('preSerialization', async (request, _reply, payload) =>
    withoutPrivateValues(payload, request.keyHolder?.scopes ?? []),
  )
}

/** What this request needs: the scope of its route, and those of parameters that are given. */
function scopesAsked(request: FastifyRequest): Scope[] {
  const { scope, queryScopes = {} } = request.routeOptions.config
  const query = request.query as Record<string, unknown>
  const besides = Object.entries(queryScopes).filter(([name]) => query[name] !== undefined)
  return [...(scope ? [scope] : []), ...besides.map(([, needed]) => needed)]
}

async function refuse(
  services: Services,
  throttle: Throttle,
  places: Place[],
  request: FastifyRequest,
): Promise<void> {
  services.log.warn({ requestId: request.id, route: request.routeOptions.url }, 'a call was refused')
  await throttle.fail(places)
}

async function identify(services: Services, request: FastifyRequest): Promise<KeyHolder | undefined> {
  if (request.headers.authorization === undefined) return identifySession(services, request)
  const match = /^bearer ([\x21-\x7e]{1,512})$/i.exec(request.headers.authorization)
  return match?.[1] === undefined ? undefined : verifyKey(services, match[1])
}

/** The dashboard's calls. A change needs the token that only a page of ours has. */
async function identifySession(services: Services, request: FastifyRequest): Promise<KeyHolder | undefined> {
  const holder = await sessionHolder(services, request)
  const reads = request.method === 'GET' || request.method === 'HEAD'
  return reads || hasCsrfToken(services, request) ? holder : undefined
}

/** On whose behalf this request changes something; the reason stands in its body or its query. */
export function authorOf(request: FastifyRequest): Author {
  const why = reasonIn(request.body) ?? reasonIn(request.query)
  return { who: `key:${request.keyHolder?.id ?? 'none'}`, why, requestId: request.id }
}

function reasonIn(given: unknown): string | null {
  if (typeof given !== 'object' || given === null || !('reason' in given)) return null
  return typeof given.reason === 'string' ? reasonOf(given.reason) : null
}
