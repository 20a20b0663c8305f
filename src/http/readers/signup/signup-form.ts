/** The sign-up form shown once more, with what was wrong and what helps. */
import type { FastifyReply } from 'fastify'
import { isTimezone } from '../../../clock.js'
import { Problem } from '../../../errors.js'
import type { Services } from '../../../services.js'
import { makeChallenge } from '../../../subscribers/admission/proof.js'
import { frequencies } from '../../../subscribers/subscriber.js'
import { assetUrl } from '../../server/assets.js'
import { problemKinds } from '../../contract/problem.js'
import type { Fields } from '../step/request.js'
import { stampOf } from './stamp.js'
import { showPage } from '../step/step.js'

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
    title: prove ? 'One moment, please' : 'Please try again',
    fault: refusal.detail,
    again: fields['again'] === 'yes',
    wrong: refusal.code === 'unprocessable',
    kept: wishesIn(fields),
    email: fields['email'] ?? '',
    stamp: fields['stamp'] ?? stampOf(services),
    challenge: prove ? JSON.stringify(await makeChallenge(services.secrets, services.clock.now())) : null,
    script: assetUrl('proof.js'),
    sum: assetUrl('proof-sum.js'),
  }
  return showPage(services, reply, 'pages/reader/signup.eta', page, problemKinds[refusal.code].status)
}

/** Wishes of a form elsewhere, for the next try; wrong ones go, since nobody could mend a field that is hidden. */
function wishesIn({ frequency, timezone, source }: Fields): Record<string, string> {
  return {
    ...(frequency && frequencies.some((one) => one === frequency) && { frequency }),
    ...(timezone && isTimezone(timezone) && { timezone }),
    ...(source && source.length <= 100 && { source }),
  }
}

type Refusal = { code: Problem['code']; detail: string; retryAfter?: number | undefined }

function refusalOf(error: unknown): Refusal {
  if (error instanceof Problem) {
    return { code: error.code, detail: error.message, retryAfter: error.retryAfter }
  }
  const faults = (error as { validation?: { instancePath: string }[] } | null)?.validation
  if (!faults) throw error
  // A missing address is a fault of the whole body.
  const ofAddress = faults.every(({ instancePath }) => ['', '/email'].includes(instancePath))
  const detail = ofAddress
    ? 'Please give an email address.'
    : 'The form you came from has a wish that is none of ours. Please sign up here.'
  return { code: 'unprocessable', detail }
}
