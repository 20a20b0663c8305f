/** Notices requests that came through a proxy which TRUSTED_PROXIES does not name. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { messageOf } from '../../errors.js'
import { isOwnAddress } from '../../network/addresses.js'
import { noteProxy, publicPeer } from '../../operations/unnamed-proxies.js'
import type { Services } from '../../services.js'

/** What proxies say of whom they speak for (RFC 7239, and what was there before it). */
const forwardingHeaders = [
  'forwarded',
  'x-forwarded-for',
  'x-original-forwarded-for',
  'x-cluster-client-ip',
  'x-envoy-external-address',
  'x-real-ip',
  'x-client-ip',
  'cf-connecting-ip',
  'true-client-ip',
  'fly-client-ip',
  'fastly-client-ip',
  'x-azure-clientip',
]

/** What a proxy of ours says besides. From elsewhere it is that of whoever reads, such as their company's. */
const passingHeaders = ['via', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port']

/** Said so often while it goes on, so that what is told of it is of today. */
const everyMs = 600_000

/** True for a request that was passed on by somebody who is not believed: its address is the proxy's, not the caller's. */
export function cameThroughUnnamed({
  headers,
  ip,
  socket,
}: Pick<FastifyRequest, 'headers' | 'ip' | 'socket'>): boolean {
  if (ip !== socket.remoteAddress) return false
  const told = (names: string[]) => names.some((name) => headers[name] !== undefined)
  return told(forwardingHeaders) || (isOwnAddress(ip) && told(passingHeaders))
}

/** Logs each such proxy once, and keeps it for `status`, the desk and `doctor`. */
export function noticeProxies(app: FastifyInstance, { db, clock, log }: Services): void {
  const noticed = new LRUCache<string, number>({ max: 50 })
  app.addHook('onRequest', (request, _reply, done) => {
    done()
    if (!cameThroughUnnamed(request)) return
    const peer = isOwnAddress(request.ip) ? request.ip.replace(/^::ffff:(?=\d)/i, '') : publicPeer
    const now = clock.now()
    const before = noticed.get(peer)
    if (before !== undefined && now.getTime() - before < everyMs) return
    noticed.set(peer, now.getTime())
    if (before === undefined) {
      log.warn(
        { peer },
        'requests come through a proxy that TRUSTED_PROXIES does not name: everybody behind it counts as one',
      )
    }
    noteProxy(db, peer, now).catch((error: unknown) => {
      log.debug({ fault: messageOf(error) }, 'a proxy could not be noted')
    })
  })
}
