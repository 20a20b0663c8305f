/** The short cookie that a preferences link is exchanged for, so that the link's secret leaves the address bar. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Services } from '../../../services.js'
import { type LinkedReader, sign } from '../../../subscribers/links.js'
import { originOf } from '../../server/own-origin.js'
import { openLink } from '../../../subscribers/preferences/open-link.js'

type SessionServices = Pick<Services, 'config' | 'clock' | 'db' | 'secrets'>

const minutes = 30
const name = 'preferences'

export function openSession(services: SessionServices, reply: FastifyReply, reader: LinkedReader): void {
  const expires = new Date(services.clock.now().getTime() + minutes * 60_000)
  reply.setCookie(name, sign(services.secrets, 'session', reader, expires), {
    ...attributes(services),
    maxAge: minutes * 60,
  })
}

export function closeSession(services: SessionServices, reply: FastifyReply): void {
  reply.clearCookie(name, attributes(services))
}

/** Lax: mail programs lead here from elsewhere, but forms elsewhere must not act here. */
const attributes = ({ config }: SessionServices) => ({
  path: '/preferences',
  httpOnly: true,
  sameSite: 'lax' as const,
  secure: config.publicUrl.startsWith('https:'),
})

/** A browser says so when another site's page sent the form. */
export const isForeign = ({ config }: Pick<Services, 'config'>, request: FastifyRequest) =>
  request.headers['sec-fetch-site'] === 'cross-site' || originOf(config, request) === 'foreign'

/** The subscriber of a request's cookie, or null. */
export async function sessionOf(services: SessionServices, request: FastifyRequest): Promise<number | null> {
  const link = await openLink(services, 'session', request.cookies[name] ?? '')
  return link.state === 'valid' ? link.reader.id : null
}
