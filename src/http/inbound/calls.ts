/** The ways in for events of mail providers: `/api/v1/inbound/NAME`, below which nothing is there that is not configured. */
import { Type } from 'typebox'
import type { FastifyRequest } from 'fastify'
import { Problem } from '../../errors.js'
import { openSnsClient } from '../../inbound/calls/sns-client.js'
import { takeCall } from '../../inbound/calls/take-call.js'
import { bodyBytes } from '../../inbound/providers/call.js'
import type { ProviderName } from '../../inbound/providers/event.js'
import { CallFault } from '../../network/exchange.js'
import type { Routes } from '../contract/routes.js'
import { problems } from '../contract/schemas.js'

const provider = Type.Enum(['ses', 'sendgrid', 'mailgun', 'postmark', 'resend', 'brevo'])
const secret = Type.String({ maxLength: 500, description: 'For providers that sign nothing' })

export const callRoutes: Routes = async (app, { services }) => {
  // Signatures are over bytes, and SNS says that its JSON is text.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: bodyBytes }, (_request, body, done) =>
    done(null, body),
  )
  const parts = { ...services, sns: openSnsClient() }
  const schema = {
    summary: 'Events of a mail provider',
    description:
      'Answers 200 once they are written down, and 404 for a provider that is not configured. Signatures are those of the provider; Postmark and Brevo sign nothing, and are given a secret of your own as the last piece of the path, as `key`, or as a password.',
    tags: ['service'],
    querystring: Type.Object({ key: Type.Optional(secret) }),
    response: {
      200: Type.Object({
        status: Type.Enum(['taken', 'known', 'nothing'], { description: 'nothing: nothing follows from it' }),
      }),
      ...problems('unauthorized', 'not-found', 'content-too-large', 'unavailable'),
    },
  }
  const take = async (
    request: FastifyRequest,
    asked: { provider: ProviderName; secret: string | undefined },
  ) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const call = { headers: textsOf(request.headers), body, secret: asked.secret }
    const outcome = await takeCall(parts, asked.provider, call).catch(unreached)
    if (outcome === 'absent') throw new Problem('not-found', 'This way in is not configured.')
    if (outcome === 'refused') throw new Problem('unauthorized', 'This is not signed as it should be.')
    return { status: outcome }
  }
  app.post('/:provider', { schema: { ...schema, params: Type.Object({ provider }) } }, (request) =>
    take(request, { provider: request.params.provider, secret: request.query.key }),
  )
  app.post(
    '/:provider/:secret',
    { schema: { ...schema, params: Type.Object({ provider, secret }) } },
    (request) => take(request, request.params),
  )
}

function textsOf(headers: FastifyRequest['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

/** The provider calls again. */
function unreached(error: unknown): never {
  if (error instanceof CallFault) throw new Problem('unavailable', error.message, { cause: error })
  throw error
}
