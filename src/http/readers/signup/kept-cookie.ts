/** What a form said, for the page that it leads to: sealed in a cookie, since addresses stand in no link and no log. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { seal, unseal } from '../../../config/sealed.js'
import type { Services } from '../../../services.js'

type KeptFor = { path: string; name: string }
type CookieServices = Pick<Services, 'config' | 'secrets'>

const minutes = 10
/** A sealed text begins with its nonce and its tag. */
const sealBytes = 28

/** Redirects to the page. Loading that again sends nothing. */
export function leadWith(
  { config, secrets }: CookieServices,
  reply: FastifyReply,
  { path, name }: KeptFor,
  text: string,
): FastifyReply {
  return reply
    .setCookie(name, seal(secrets, `${name}:${text}`).toString('base64url'), {
      path,
      httpOnly: true,
      // The form may stand on another site, from which a browser follows the redirect.
      sameSite: 'lax',
      secure: config.publicUrl.startsWith('https:'),
      maxAge: minutes * 60,
    })
    .header('cache-control', 'no-store')
    .redirect(path, 303)
}

/** Undefined where it has run out, was never kept or isn't ours. */
export function keptIn(
  { secrets }: CookieServices,
  { cookies }: FastifyRequest,
  { name }: KeptFor,
): string | undefined {
  const sealed = Buffer.from(cookies[name] ?? '', 'base64url')
  const opened = sealed.length > sealBytes ? unseal(secrets, sealed) : undefined
  // Another page's is not ours.
  return opened?.startsWith(`${name}:`) ? opened.slice(name.length + 1) : undefined
}
