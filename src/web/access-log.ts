/** One log line a request, by route pattern: the path itself may carry a token, so it is never written. */
import { type FastifyReply, type FastifyRequest, LogController } from 'fastify'

export class AccessLog extends LogController {
  constructor() {
    super({ requestIdLogLabel: 'request' })
  }

  override incomingRequest(): void {}

  override requestCompleted(_error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    request.log.info(
      { ...known(request), status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'answered',
    )
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
