/** The answer to the doctor: as whom does the service see the one who asks through PUBLIC_URL? */
import type { FastifyRequest } from 'fastify'
import type { Clock } from '../../clock.js'
import type { Secrets } from '../../config/secrets.js'
import { isProbe, probeHeader, type Seen } from '../../operations/doctor/probe.js'

/** Undefined for everybody else. */
export function seenBy(
  services: { secrets: Secrets; clock: Clock },
  { headers, ip, socket, host }: Pick<FastifyRequest, 'headers' | 'ip' | 'socket' | 'host'>,
): Seen | undefined {
  if (!isProbe(services.secrets, services.clock, headers[probeHeader])) return undefined
  const forwarded = headers['x-forwarded-for'] !== undefined
  return { address: ip, from: socket.remoteAddress ?? '', forwarded, host }
}
