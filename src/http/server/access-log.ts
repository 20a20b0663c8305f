/** One log line a request, by route pattern: the path itself may carry a token, so it is never written. */
import { type FastifyReply, type FastifyRequest, LogController } from 'fastify'

export class AccessLog extends LogController {
  constructor() {
    super({ requestIdLogLabel: 'request' })
  }

  override incomingRequest(): void {}

  override requestCompleted(_error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    // The status of an answer from the page cache was written past the reply.
    const status = reply.raw.statusCode
    const fields = { ...known(request), status, ms: Math.round(reply.elapsedTime) }
    // Each line is written at once and costs as much as a page: what went well is for whoever asks for it.
    if (status < 400) request.log.debug(fields, 'answered')
    else request.log.info(fields, 'answered')
  }

  override routeNotFound(): void {}

  override defaultErrorLog(error: Error, request: FastifyRequest): void {
    request.log.error({ ...known(request), err: error }, 'a request failed')
  }

  override writeHeadError(error: Error, request: FastifyRequest): void {
    request.log.error({ ...known(request), err: error }, 'an answer could not be begun')
  }
}

const known = (request: FastifyRequest) => ({
  method: request.method,
  route: request.routeOptions.url ?? 'none',
})
