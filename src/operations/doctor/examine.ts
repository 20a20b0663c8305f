/** Every check of the doctor: database, disk, source, relays, DNS, and the way readers reach us. */
import { Resolver } from 'node:dns/promises'
import type { Config } from '../../config/config.js'
import type { Db } from '../../db/client.js'
import { examineDomain } from '../../mail/domain/examine.js'
import type { DomainDns } from '../../mail/domain/facts.js'
import { type Finding, ok } from '../../mail/domain/finding.js'
import { checkDatabase, checkDisk, checkSource } from './place.js'
import { checkProxies } from './proxies.js'
import { checkPublicUrl } from './public-url.js'
import { checkRelays } from './relays.js'

/**
 * A check that fails keeps no other from being made; each gives up after some seconds.
 * @param ofDatabase - what is found of the database, by {@link examineDatabase} where one is open.
 */
export async function examine(config: Config, ofDatabase: () => Promise<Finding[]>): Promise<Finding[]> {
  const dns = new Resolver({ timeout: 3_000, tries: 2 })
  const findings = await Promise.all([
    ofDatabase(),
    checkDisk(config),
    checkSource(config),
    checkSending(config, dns),
    checkPublicUrl(config),
  ])
  return [ok('configuration', 'every variable is as it should be'), ...findings.flat()]
}

export async function examineDatabase(db: Db, config: Config): Promise<Finding[]> {
  return [...(await checkDatabase(db)), ...(await checkProxies(db, config))]
}

/** The relays, then the domain: whether SPF covers them is asked of both. */
async function checkSending(config: Config, dns: DomainDns): Promise<Finding[]> {
  const { findings, ways } = await checkRelays(config, dns)
  return [...findings, ...(await examineDomain(config, dns, ways))]
}
