/** The short cookie that a preferences link is exchanged for, so that the link's secret leaves the address bar. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Services } from '../../../services.js'
import { sign, verify } from '../../../subscribers/links.js'

type SessionServices = Pick<Services, 'config' | 'clock' | 'secrets'>

const minutes = 30
const name = 'preferences'

export function openSession(services: SessionServices, reply: FastifyReply, subscriberId: number): void {
  const expires = new Date(services.clock.now().getTime() + minutes * 60_000)
  reply.setCookie(name, sign(services.secrets, 'session', subscriberId, expires), {
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

/** The subscriber of a request's cookie, or null. */
export function sessionOf(services: SessionServices, request: FastifyRequest): number | null {
  const link = verify(services.secrets, 'session', request.cookies[name] ?? '', services.clock.now())
  return link.state === 'valid' ? link.subscriberId : null
}
