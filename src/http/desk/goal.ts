/** Where somebody was going who has to sign in first: links survive it. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Services } from '../../services.js'
import { sendPage } from './render.js'

/** Where a link led before it was asked who comes: a page of the desk, or else its first. */
export function pageOfDesk(to: string): string {
  const base = 'http://desk.invalid'
  if (!/^\/admin(?:[/?]|$)/.test(to) || !URL.canParse(to, base)) return '/admin'
  const { origin, pathname, search } = new URL(to, base)
  const within = origin === base && /^\/admin(?:\/|$)/.test(pathname) && !pathname.startsWith('/admin/sign-')
  return within ? pathname + search : '/admin'
}

/**
 * A link in a mail comes from another site, and browsers send our cookie with no such request: the page that they
 * load once more, from here, knows whether somebody is signed in.
 */
export function askToSignIn(services: Services, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const to = pageOfDesk(request.url)
  if (request.headers['sec-fetch-site'] === 'cross-site') {
    return sendPage(services, reply, 'once-more', { title: 'One moment', holder: null, to, refresh: to })
  }
  return reply.redirect(
    to === '/admin' ? '/admin/sign-in' : `/admin/sign-in?${new URLSearchParams({ to }).toString()}`,
    303,
  )
}
