/** The HTTP server: every route, with what they share. */
import { randomUUID } from 'node:crypto'
import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import multipart from '@fastify/multipart'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, { type FastifyBaseLogger, type FastifyInstance, type RouteOptions } from 'fastify'
import { adminApi } from './admin/api.js'
import { callRoutes } from './inbound/calls.js'
import { dashboard } from './desk/routes.js'
import { serveMetrics } from './admin/metrics-route.js'
import type { Services } from '../services.js'
import { AccessLog } from './server/access-log.js'
import { editionApi } from './public/api/editions.js'
import { paperApi } from './public/api/papers.js'
import { serveAssets } from './server/assets.js'
import { answerFailure, answerFailures } from './server/failures.js'
import { knowDates } from './contract/formats.js'
import { feedRoutes } from './public/feeds/feeds.js'
import { healthRoutes } from './server/health.js'
import { answerMalformed } from './server/malformed.js'
import { describeApi } from './contract/openapi.js'
import { KeptPages } from './cache/kept-pages.js'
import { keepPages, serveKeptFirst } from './cache/page-cache.js'
import { citeRoutes } from './public/pages/cite.js'
import { editionPages } from './public/pages/editions.js'
import { outboxRoutes } from './public/pages/outbox.js'
import { periodPages } from './public/pages/period.js'
import { cardRoutes } from './public/cards/routes.js'
import { pictureRoutes } from './public/pictures/routes.js'
import { pageRoutes } from './public/pages/routes.js'
import { searchPages } from './public/pages/search.js'
import { problemRoutes } from './server/problem-pages.js'
import { readerRoutes } from './readers/routes.js'
import type { Routes } from './contract/routes.js'
import { secureAnswers } from './server/security.js'
import { siteFileRoutes } from './public/feeds/site-files.js'
import { refuseUnfitText } from './server/text-guard.js'
import { noticeProxies } from './server/unnamed-proxy.js'

const kibibyte = 1024

const timeouts = { requestTimeout: 30_000, connectionTimeout: 60_000, keepAliveTimeout: 65_000 }

const groups: Routes[] = [
  healthRoutes,
  problemRoutes,
  pageRoutes,
  periodPages,
  searchPages,
  citeRoutes,
  pictureRoutes,
  cardRoutes,
  editionPages,
  feedRoutes,
  siteFileRoutes,
  readerRoutes,
  paperApi,
  editionApi,
]

/**
 * Builds the server without listening; `inject` works on it, `close` lets running requests end.
 * @param onRoute - is shown every route, for those who must check all of them.
 */
export async function buildServer(
  services: Services,
  onRoute: (route: RouteOptions) => void = () => {},
): Promise<FastifyInstance> {
  const kept = new KeptPages(services.clock)
  const app = bareServer(services, kept)
  app.addHook('onRoute', onRoute)
  keepPages(app, kept)
  app.pages.onAnswer((route, status) => services.log.debug({ method: 'GET', route, status }, 'answered'))
  answerFailures(app, services)
  noticeProxies(app, services)
  refuseUnfitText(app)
  await app.register(cookie)
  await app.register(formbody, { bodyLimit: 64 * kibibyte })
  await app.register(multipart, { limits: { fieldSize: 64 * kibibyte, fields: 50, files: 1, parts: 51 } })
  secureAnswers(app, services.config)
  await serveAssets(app)
  await describeApi(app, services)
  serveMetrics(app, services)
  for (const routes of groups) await app.register(routes, { services })
  if (services.config.outbox) await app.register(outboxRoutes, { services })
  await app.register(dashboard, { prefix: '/admin', services })
  await app.register(callRoutes, { prefix: '/api/v1/inbound', services })
  await app.register(adminApi, { prefix: '/api/v1/admin', services })
  return app
}

function bareServer(services: Services, kept: KeptPages): FastifyInstance {
  const app = fastify({
    serverFactory: serveKeptFirst(kept, timeouts),
    ...timeouts,
    loggerInstance: services.log as FastifyBaseLogger,
    logController: new AccessLog(),
    frameworkErrors: (error, request, reply) => {
      answerFailure(services, error, request, reply)
    },
    clientErrorHandler: answerMalformed(services.log),
    genReqId: () => randomUUID(),
    bodyLimit: 64 * kibibyte,
    trustProxy: services.config.trustedProxies ?? false,
    // The schemas bound each parameter; the router's own bound would only answer in another way.
    routerOptions: { maxParamLength: 16_384, ignoreTrailingSlash: true },
    // A value of the wrong type or an unknown field is a fault to name, not one to mend in silence.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array' }, onCreate: knowDates },
    forceCloseConnections: 'idle',
  })
  return app.withTypeProvider<TypeBoxTypeProvider>()
}
