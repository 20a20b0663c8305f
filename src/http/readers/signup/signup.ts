/** The sign-up: one answer for every address, as JSON for programs, and a page that forms are led to. */
import { setTimeout } from 'node:timers/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../../../errors.js'
import type { Services } from '../../../services.js'
import { checkProof, makeChallenge } from '../../../subscribers/admission/proof.js'
import { type NetworkUse, type SignupRequest, subscribe } from '../../../subscribers/signup/subscribe.js'
import type { Routes } from '../../contract/routes.js'
import { consentText } from '../step/consent-text.js'
import { evenOut } from './even-out.js'
import { evidenceIn, fieldsOf } from '../step/request.js'
import { accepted, challengeSchema, signupSchema } from './signup-schema.js'
import { showSignupForm } from './signup-form.js'
import { msTooQuick } from './stamp.js'
import { leadToInbox } from './check-inbox.js'
import { leadToQuestion, meantBy } from './meant.js'

type Body = SignupRequest & {
  nickname?: string
  stamp?: string
  altcha?: string
  again?: 'yes'
  sure?: 'yes'
}

/** A sign-up is one statement of some milliseconds; in a rush a longer step would keep connections from others. */
const stepMs = 10

export const signupRoutes: Routes = async (app, { services }) => {
  app.post(
    '/api/v1/subscribers',
    { schema: signupSchema, attachValidation: true },
    async (request, reply) => {
      const form = isForm(request)
      try {
        if (request.validationError) throw request.validationError
        const address = meantBy(request.body.email)
        const { sure } = request.body
        if (form && address.meant && !sure && !request.body.nickname)
          return leadToQuestion(services, reply, address.typed, fieldsOf(request))
        await evenOut(() => signUp(services, request, reply, request.body), stepMs)
        if (form) return leadToInbox(services, reply, address.typed)
        return reply.code(202).send({ ...accepted, ...(address.meant && { didYouMean: address.meant }) })
      } catch (error) {
        if (!form) throw error
        return showSignupForm(services, reply, fieldsOf(request), error)
      }
    },
  )
  app.get('/api/v1/subscribers/challenge', { schema: challengeSchema }, async (_request, reply) => {
    reply.header('cache-control', 'no-store')
    return makeChallenge(services.secrets, services.clock.now())
  })
}

async function signUp(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  { nickname, stamp, altcha, again, sure: _sure, ...wanted }: Body,
): Promise<void> {
  // Only a program fills in what nobody sees. It is told the same as everybody.
  if (nickname) return
  // Whoever got no mail may have been silenced by others, which a proof of work undoes; whether so is not told.
  if (again && !altcha) throw new Problem('precondition-required', 'A proof of work is needed.')
  const held = msTooQuick(services, stamp)
  if (held > 0) await setTimeout(held)
  const evidence = evidenceIn(request, consentText(services.config.publication))
  const proof = altcha ? await checkProof(services.secrets, altcha, services.clock.now()) : null
  try {
    tellUse(reply, await subscribe(services, wanted, evidence, proof))
  } catch (error) {
    if (error instanceof Problem && error.retryAfter !== undefined) {
      reply.header('ratelimit', `"signup";r=0;t=${error.retryAfter}`)
    }
    throw error
  }
}

/** draft-ietf-httpapi-ratelimit-headers-10; it says nothing about the address. */
function tellUse(reply: FastifyReply, { limit, remaining, seconds }: NetworkUse): void {
  reply.header('ratelimit-policy', `"signup";q=${limit};w=3600`)
  reply.header('ratelimit', `"signup";r=${remaining};t=${seconds}`)
}

function isForm(request: FastifyRequest): boolean {
  const type = request.headers['content-type'] ?? ''
  const accept = request.headers.accept ?? ''
  const asksJson = accept.includes('application/json') && !accept.includes('text/html')
  return /^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type) && !asksJson
}
