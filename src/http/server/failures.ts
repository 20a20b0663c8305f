/** What a failed request is answered with: a page for browsers, problem+json for programs. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Services } from '../../services.js'
import { renderPage } from './page.js'
import { problemBody, problemKinds, type Refusal, refusalOf } from '../contract/problem.js'

/** Answers every error and every address without a route. */
export function answerFailures(app: FastifyInstance, services: Services): void {
  app.setErrorHandler((error, request, reply) => answerFailure(services, error, request, reply))
  app.setNotFoundHandler((request, reply) => refuse(services, request, reply, { code: 'not-found' }))
}

/** Answers one error; only what nobody foresaw is logged as a fault of ours. */
export function answerFailure(
  services: Services,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const refusal = refusalOf(error)
  if (refusal.code === 'internal') {
    request.log.error({ err: error, route: request.routeOptions.url }, 'a request failed')
  }
  return refuse(services, request, reply, refusal)
}

function refuse(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  refusal: Refusal,
): FastifyReply {
  const { publicUrl } = services.config
  const { status } = problemKinds[refusal.code]
  if (refusal.retryAfter !== undefined) reply.header('retry-after', Math.ceil(refusal.retryAfter))
  reply.code(status).header('cache-control', 'no-store').header('vary', 'accept')
  const body = problemBody(refusal, publicUrl, request.id)
  if (!wantsPage(request)) return reply.type('application/problem+json').send(body)
  const page = { title: body.title, path: '', noindex: true, problem: body, code: refusal.code }
  return reply.type('text/html; charset=utf-8').send(renderPage(services, 'pages/problem.eta', page))
}

/** Browsers name HTML first; programs name JSON, or nothing but a wildcard. */
function wantsPage(request: Pick<FastifyRequest, 'headers' | 'url'>): boolean {
  if (/^\/(api|openapi|healthz|readyz|metrics)\b/.test(request.url)) return false
  const accept = request.headers.accept ?? ''
  const html = accept.indexOf('text/html')
  const json = accept.search(/application\/(problem\+)?json/)
  return html >= 0 && (json < 0 || html < json)
}
