/** Proxies that the running service has noticed and that TRUSTED_PROXIES does not name. */
import type { Config } from '../../config/config.js'
import type { Db } from '../../db/client.js'
import { advice, type Finding, fault } from '../../mail/domain/finding.js'
import { publicPeer, unnamedProxies } from '../unnamed-proxies.js'

/** None when the database lacks the migrations: that is a finding of its own. */
export async function checkProxies(db: Db, config: Pick<Config, 'trustedProxies'>): Promise<Finding[]> {
  const peers = await unnamedProxies(db, config, new Date()).catch(() => [])
  return peers.map((peer) =>
    peer === publicPeer
      ? advice(
          'proxy',
          'requests from the internet say that they were passed on, by somebody whom TRUSTED_PROXIES does not name',
          'If that is your proxy or CDN, name its networks in TRUSTED_PROXIES; else somebody makes it up, and nothing is lost.',
        )
      : fault(
          'proxy',
          `requests come through a proxy at ${peer} that TRUSTED_PROXIES does not name: everybody behind it counts as one`,
          `Add ${peer} to TRUSTED_PROXIES.`,
        ),
  )
}
