/** The page after a sign-up: which address was used, and what comes next. */
import type { FastifyReply } from 'fastify'
import type { Services } from '../../../services.js'
import type { Routes } from '../../contract/routes.js'
import { htmlAnswer, pageProblems } from '../../contract/schemas.js'
import { showStep } from '../step/step.js'
import { keptIn, leadWith } from './kept-cookie.js'

const page = { path: '/check-your-inbox', name: 'signup' }

/** @param typed - the address as it was accepted. */
export function leadToInbox(
  services: Pick<Services, 'config' | 'secrets'>,
  reply: FastifyReply,
  typed: string,
): FastifyReply {
  return leadWith(services, reply, page, typed)
}

export const checkInboxRoutes: Routes = async (app, { services }) => {
  const schema = {
    summary: 'What follows a sign-up',
    description: 'Forms lead here. A short-lived cookie tells the page which address was used.',
    tags: ['pages'],
    response: { 200: htmlAnswer('Check your inbox'), ...pageProblems() },
  }
  app.get(page.path, { schema }, async (request, reply) => {
    const address = keptIn(services, request, page)
    const to = address === undefined ? 'to you' : `to ${address}`
    return showStep(services, reply, {
      heading: 'Now check your inbox',
      paragraphs: [
        `A mail is on its way ${to}. Press the button in it, and you are in.`,
        'Nothing there after a few minutes? Look in the spam folder, and check that the address is right.',
      ],
      signup: 'again',
      email: address ?? '',
      links: [{ label: 'Read today’s papers meanwhile', href: '/' }],
    })
  })
}
