/** The confirmation link: GET shows a page with one button, POST uses the token. */
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { Problem } from '../../errors.js'
import type { Services } from '../../services.js'
import { type Confirmed, confirm, inspectToken, type TokenState } from '../../subscribers/confirm.js'
import type { Evidence } from '../../subscribers/evidence.js'
import { renewConfirmation } from '../../subscribers/renew.js'
import type { Routes } from '../routes.js'
import { htmlAnswer, pageProblems } from '../schemas.js'
import { consentText } from './consent-text.js'
import { evidenceIn, fieldsOf } from './request.js'
import { showStep, type Step } from './step.js'

export const confirmRoutes: Routes = async (app, { services }) => {
  const { publication } = services.config
  app.get(
    '/confirm/:token',
    { schema: schemaOf('The page of a confirmation link') },
    async (request, reply) =>
      showStep(services, reply, stepOfState(await inspectToken(services, request.params.token), publication)),
  )
  app.post('/confirm/:token', { schema: schemaOf('Confirm') }, async (request, reply) => {
    const { token } = request.params
    if (fieldsOf(request)['action'] === 'renew') {
      return showStep(
        services,
        reply,
        await renew(services, reply, token, evidenceIn(request, consentText(publication))),
      )
    }
    const outcome = await confirm(services, token, evidenceIn(request, consentText(publication)))
    return showStep(services, reply, stepOfOutcome(outcome, publication))
  })
}

async function renew(
  services: Services,
  reply: FastifyReply,
  token: string,
  evidence: Evidence,
): Promise<Step> {
  try {
    await renewConfirmation(services, token, evidence)
    return renewed
  } catch (error) {
    const busy =
      error instanceof Problem && ['precondition-required', 'too-many-requests'].includes(error.code)
    if (!busy) throw error
    // A proof of work is for those who come with nothing; whoever holds a link of ours just waits.
    reply.header('retry-after', error.retryAfter ?? 60)
    return tooBusy
  }
}

const schemaOf = (summary: string) => ({
  summary,
  description: 'GET and HEAD change nothing. A POST confirms; with `action=renew` it asks for a new mail.',
  tags: ['pages'],
  params: Type.Object({ token: Type.String({ maxLength: 200 }) }),
  response: {
    200: htmlAnswer('The page'),
    ...pageProblems('not-found', 'gone', 'conflict', 'too-many-requests'),
  },
})

function stepOfState(state: TokenState, publication: string): Step {
  if (state.state === 'unknown') return unknown
  if (state.state === 'live') return state.kind === 'confirm' ? ask(publication) : askChange(publication)
  return spent(state.state, state.kind, publication)
}

function stepOfOutcome(outcome: Confirmed, publication: string): Step {
  switch (outcome.outcome) {
    case 'confirmed':
      return confirmed(publication)
    case 'changed':
      return changed
    case 'taken':
      return taken
    case 'refused':
      return spent('used', outcome.kind, publication)
    case 'unknown':
      return unknown
    default:
      return spent(outcome.outcome, outcome.kind, publication)
  }
}

const ask = (publication: string): Step => ({
  heading: 'One click and you are in',
  paragraphs: [`Press the button, and ${publication} comes to your inbox, the newest edition at once.`],
  press: { label: 'Confirm my subscription' },
})

const askChange = (publication: string): Step => ({
  heading: 'Shall mail come here?',
  paragraphs: [`Press the button, and ${publication} comes to this address from now on.`],
  press: { label: 'Use this address' },
})

const confirmed = (publication: string): Step => ({
  heading: 'Welcome!',
  paragraphs: [
    `You are in. The newest edition of ${publication} is on its way to you, so that the first mail is worth having.`,
    'Every mail has a link at its foot to change how often it comes, and another one to leave.',
  ],
  links: [{ label: 'Read today’s papers meanwhile', href: '/' }],
})

const changed: Step = {
  heading: 'Your address is changed',
  paragraphs: ['From now on mail comes to this address. We have told the old one.'],
  links: [{ label: 'Today’s papers', href: '/' }],
}

const taken: Step = {
  status: 409,
  heading: 'This address has a subscription already',
  paragraphs: [
    'So there is nothing to move: mail comes here as it is. You can end the other subscription with the link at the foot of its mails.',
  ],
}

const renewed: Step = {
  heading: 'Look into your inbox',
  paragraphs: [
    'A new mail with a new button is on its way, unless one was sent within the last hour. It works for seven days.',
  ],
}

const tooBusy: Step = {
  status: 429,
  heading: 'Too many mails just now',
  paragraphs: [
    'Very many people ask for mails at the moment. Please press the button again in a few minutes.',
  ],
  press: { label: 'Send me a new mail', fields: { action: 'renew' } },
}

const unknown: Step = {
  status: 404,
  heading: 'This link is not one of ours',
  paragraphs: [
    'Perhaps a mail program cut it in two: open it from the mail once more, or copy it whole. Otherwise ask for a new mail here.',
  ],
  signup: 'subscribe',
}

function spent(
  state: 'used' | 'expired' | 'replaced',
  kind: 'confirm' | 'change',
  publication: string,
): Step {
  if (state === 'used') return usedStep(kind, publication)
  const because =
    state === 'expired'
      ? 'Links of confirmation mails work for seven days, and this one is older.'
      : 'A newer mail was sent since, and only its button works. Look for the newest one in your inbox.'
  const heading = state === 'expired' ? 'This link has expired' : 'There is a newer mail'
  return kind === 'confirm'
    ? {
        status: 410,
        heading,
        paragraphs: [because],
        press: { label: 'Send me a new mail', fields: { action: 'renew' } },
      }
    : {
        status: 410,
        heading,
        paragraphs: [
          because,
          'You can ask for the change once more in the preferences, linked at the foot of each mail.',
        ],
      }
}

const usedStep = (kind: 'confirm' | 'change', publication: string): Step => ({
  heading: 'You have pressed this button before',
  paragraphs: [
    kind === 'confirm'
      ? `That was enough: this address was confirmed for ${publication}. If mail does not arrive, look into the spam folder. If you have left since, or are not sure, a mail tells you how things stand.`
      : 'That was enough: the change of address is done.',
  ],
  ...(kind === 'confirm' && {
    press: { label: 'Send me a new mail', fields: { action: 'renew' }, quiet: true },
  }),
  links: [{ label: 'Today’s papers', href: '/' }],
})
