/** The sign-up form shown once more, with what was wrong and what helps. */
import type { FastifyReply } from 'fastify'
import { Problem } from '../../errors.js'
import type { Services } from '../../services.js'
import { makeChallenge } from '../../subscribers/proof.js'
import { assetUrl } from '../assets.js'
import { problemKinds } from '../problem.js'
import type { Fields } from './request.js'
import { stampOf } from './stamp.js'
import { showPage } from './step.js'

/** @throws the error itself when it is a fault of ours. */
export async function showSignupForm(
  services: Pick<Services, 'config' | 'clock' | 'secrets'>,
  reply: FastifyReply,
  fields: Fields,
  error: unknown,
): Promise<FastifyReply> {
  const refusal = refusalOf(error)
  if (refusal.retryAfter !== undefined) reply.header('retry-after', refusal.retryAfter)
  const prove = refusal.code === 'precondition-required'
  const page = {
    title: 'Please try again',
    fault: refusal.detail,
    email: fields['email'] ?? '',
    stamp: fields['stamp'] ?? stampOf(services),
    challenge: prove ? JSON.stringify(await makeChallenge(services.secrets, services.clock.now())) : null,
    script: assetUrl('proof.js'),
  }
  return showPage(services, reply, 'pages/reader/signup.eta', page, problemKinds[refusal.code].status)
}

function refusalOf(error: unknown): {
  code: Problem['code']
  detail: string
  retryAfter?: number | undefined
} {
  if (error instanceof Problem) {
    return { code: error.code, detail: error.message, retryAfter: error.retryAfter }
  }
  if ((error as { validation?: unknown } | null)?.validation) {
    return { code: 'unprocessable', detail: 'Please give an email address.' }
  }
  throw error
}
