/** `/metrics` for Prometheus: open to the own network, to others with a key. */
import type { FastifyInstance } from 'fastify'
import { Problem } from '../../errors.js'
import { isOwnAddress } from '../../network/addresses.js'
import type { Services } from '../../services.js'
import { problems, textAnswer } from '../contract/schemas.js'
import { allows } from '../../operations/keys/scopes.js'
import { openMetrics } from '../../operations/figures/metrics.js'
import { cameThroughUnnamed } from '../server/unnamed-proxy.js'
import { verifyKey } from './guard/verify-key.js'

/** Watches every request of the server, so that it must be registered before the routes. */
export function serveMetrics(app: FastifyInstance, services: Services): void {
  const metrics = openMetrics(services)
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none'
    metrics.observeRequest(request.method, route, reply.statusCode, reply.elapsedTime / 1000)
    done()
  })
  app.pages.onAnswer((route, status) => metrics.observeRequest('GET', route, status, 0))
  app.get(
    '/metrics',
    {
      schema: {
        summary: 'Metrics for Prometheus',
        description:
          'Open to loopback and private networks, though not through a proxy that TRUSTED_PROXIES does not name; others need a key with `editions:read`.',
        tags: ['service'],
        response: { 200: textAnswer('text/plain', 'The text format'), ...problems('unauthorized') },
      },
    },
    async (request, reply) => {
      const near = isOwnAddress(request.ip) && !cameThroughUnnamed(request)
      if (!near) await requireKey(services, request.headers.authorization)
      reply.header('cache-control', 'no-store').type(metrics.registry.contentType)
      return reply.send(await metrics.registry.metrics())
    },
  )
}

async function requireKey(services: Services, header = ''): Promise<void> {
  const holder = await verifyKey(services, header.replace(/^bearer /i, ''))
  if (!holder || !allows(holder.scopes, 'editions:read')) {
    throw new Problem('unauthorized', 'From here a key with the scope editions:read is needed.')
  }
}
