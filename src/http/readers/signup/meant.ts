/** Asks before a mail goes to an address with a slip of the finger in its domain, such as gmail.con. */
import type { FastifyReply } from 'fastify'
import type { Services } from '../../../services.js'
import { checkAddress } from '../../../subscribers/address.js'
import { probablyMeant } from '../../../subscribers/admission/slip.js'
import { typedAddress } from '../../../subscribers/admission/typed-address.js'
import type { Routes } from '../../contract/routes.js'
import { htmlAnswer, pageProblems } from '../../contract/schemas.js'
import type { Fields } from '../step/request.js'
import { showPage } from '../step/step.js'
import { keptIn, leadWith } from './kept-cookie.js'

export type Meant = { typed: string; meant: string | null }

/** @throws Problem `unprocessable` for an address that is none; whether our relays can send to it is asked later. */
export function meantBy(text: string): Meant {
  const address = checkAddress(typedAddress(text), { eai: true })
  return { typed: address.email, meant: probablyMeant(address) }
}

const page = { path: '/did-you-mean', name: 'meant' }

/** What else a form may have said and the question keeps; a cookie has no room for more. */
const kept = ['frequency', 'timezone', 'source', 'stamp', 'again', 'altcha'] as const
const longest = 800

type Asked = { typed: string; kept: Record<string, string> }

export function leadToQuestion(
  services: Pick<Services, 'config' | 'secrets'>,
  reply: FastifyReply,
  typed: string,
  fields: Fields,
): FastifyReply {
  const given = kept.flatMap((name) => {
    const value = fields[name]
    return value && value.length <= longest ? [[name, value]] : []
  })
  const asked = { typed, kept: Object.fromEntries(given) } satisfies Asked
  return leadWith(services, reply, page, JSON.stringify(asked))
}

export const meantRoutes: Routes = async (app, { services }) => {
  const schema = {
    summary: 'Whether an address is mistyped',
    description:
      'Forms lead here, before anything is sent. A short-lived cookie tells the page what was typed.',
    tags: ['pages'],
    response: { 200: htmlAnswer('A button for each of the two addresses'), ...pageProblems() },
  }
  app.get(page.path, { schema }, async (request, reply) => {
    const text = keptIn(services, request, page)
    const asked = text === undefined ? null : (JSON.parse(text) as Asked)
    return showPage(services, reply, 'pages/reader/meant.eta', {
      title: 'Is the address right?',
      typed: asked?.typed ?? null,
      meant: asked && meantBy(asked.typed).meant,
      kept: asked?.kept ?? {},
    })
  })
}
