/** Whether a form came from a page of ours. */
import type { FastifyRequest } from 'fastify'
import type { Config } from '../../config/config.js'

/**
 * By its Origin header, which browsers send with every POST: that of PUBLIC_URL, or of the host that was asked.
 * `absent` for a request without one.
 */
export function originOf(
  { publicUrl }: Pick<Config, 'publicUrl'>,
  { headers: { origin }, host }: Pick<FastifyRequest, 'headers' | 'host'>,
): 'own' | 'foreign' | 'absent' {
  if (origin === undefined) return 'absent'
  const own = origin === new URL(publicUrl).origin || (URL.canParse(origin) && new URL(origin).host === host)
  return own ? 'own' : 'foreign'
}
