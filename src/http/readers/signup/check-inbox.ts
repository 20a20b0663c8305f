/** The page after a sign-up: which address was used, and what comes next. Loading it again sends nothing. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { seal, unseal } from '../../../config/sealed.js'
import type { Services } from '../../../services.js'
import type { Routes } from '../../contract/routes.js'
import { htmlAnswer, pageProblems } from '../../contract/schemas.js'
import { showStep } from '../step/step.js'

type InboxServices = Pick<Services, 'config' | 'secrets'>

const path = '/check-your-inbox'
const name = 'signup'
const minutes = 10

/** @param typed - the address as it was accepted; it goes along sealed, since addresses stand in no link and no log. */
export function leadToInbox(services: InboxServices, reply: FastifyReply, typed: string): FastifyReply {
  return reply
    .setCookie(name, seal(services.secrets, typed).toString('base64url'), {
      ...attributes(services),
      maxAge: minutes * 60,
    })
    .header('cache-control', 'no-store')
    .redirect(path, 303)
}

export const checkInboxRoutes: Routes = async (app, { services }) => {
  const schema = {
    summary: 'What follows a sign-up',
    description: 'Forms lead here. A short-lived cookie tells the page which address was used.',
    tags: ['pages'],
    response: { 200: htmlAnswer('Check your inbox'), ...pageProblems() },
  }
  app.get(path, { schema }, async (request, reply) => {
    const address = addressOf(services, request)
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

function addressOf({ secrets }: InboxServices, { cookies }: FastifyRequest): string | undefined {
  const sealed = Buffer.from(cookies[name] ?? '', 'base64url')
  return sealed.length > 28 ? unseal(secrets, sealed) : undefined
}

/** Lax: the form may stand on another site, from which a browser follows the redirect. */
const attributes = ({ config }: InboxServices) => ({
  path,
  httpOnly: true,
  sameSite: 'lax' as const,
  secure: config.publicUrl.startsWith('https:'),
})
