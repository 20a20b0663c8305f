/** Honours the Idempotency-Key header on every POST of the operator's routes. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../../../errors.js'
import type { Services } from '../../../services.js'
import { type Answer, beginCall, endCall, type IdempotentCall } from '../../../operations/idempotent-store.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** The call that this request has begun and whose answer is to be kept. */
    idempotentCall: IdempotentCall | null
  }
}

const keptHeaders = ['content-type', 'location', 'etag']

export function honourIdempotencyKeys(app: FastifyInstance, services: Services): void {
  app.decorateRequest('idempotentCall', null)
  app.addHook('preHandler', async (request, reply) => {
    const call = callOf(request)
    const earlier = call && (await beginCall(services, call))
    if (earlier) return replay(reply, earlier)
    request.idempotentCall = call ?? null
    return undefined
  })
  app.addHook('onSend', async (request, reply, payload) => {
    const call = request.idempotentCall
    if (!call) return
    const headers = Object.fromEntries(
      keptHeaders.flatMap((name) => (reply.hasHeader(name) ? [[name, String(reply.getHeader(name))]] : [])),
    )
    const body = typeof payload === 'string' ? payload : ''
    await endCall(services, call, { status: reply.statusCode, headers, body })
  })
}

function replay(reply: FastifyReply, answer: Answer): FastifyReply {
  reply.code(answer.status).headers({ ...answer.headers, 'idempotency-replayed': 'true' })
  // Already serialised: the route's schema must not have it again.
  return reply.serializer((body) => body as string).send(answer.body)
}

function callOf(request: FastifyRequest): IdempotentCall | undefined {
  const key = request.headers['idempotency-key']
  if (request.method !== 'POST' || key === undefined) return undefined
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new Problem('invalid', 'An Idempotency-Key is 1 to 255 visible ASCII characters.')
  }
  // An upload is a stream, and comes to the same when sent again.
  if (request.body instanceof Readable) return undefined
  const text = JSON.stringify([request.method, request.url, request.body ?? null])
  const requestHash = createHash('sha256').update(text).digest()
  return { holder: request.keyHolder?.id ?? '', key, requestHash }
}
