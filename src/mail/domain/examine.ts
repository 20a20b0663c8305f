/** What mailbox providers look up about the sending domain: SPF, DKIM, DMARC, MX, and whether they align. */
import type { Config } from '../../config/config.js'
import { messageOf } from '../../errors.js'
import { readSigningKeys } from '../dkim/sign-keys.js'
import { alignment } from './alignment.js'
import { checkAlgorithms, checkDkim } from './dkim.js'
import { checkDmarc } from './dmarc.js'
import { domainOf, type DomainDns } from './facts.js'
import { advice, type Finding } from './finding.js'
import { checkMailHosts } from './mail-hosts.js'
import { checkSpf, type Way } from './spf.js'

type Sending = Pick<Config, 'mailFrom' | 'dkim'> & Partial<Pick<Config, 'returnAddress'>>

/** @param ways where mail leaves from, as far as that can be seen. */
export async function examineDomain(config: Sending, dns: DomainDns, ways: Way[] = []): Promise<Finding[]> {
  const domain = domainOf(config.mailFrom.address)
  if (!domain.includes('.')) {
    const found = `MAIL_FROM is at ${domain}: a trial`
    return [advice('sending domain', found, 'Set MAIL_FROM to an address of your domain.')]
  }
  const keys = readSigningKeys(config)
  const returns = config.returnAddress ? domainOf(config.returnAddress) : domain
  const checks = [
    answered('SPF', domain, () => checkSpf('SPF', domain, returns === domain ? ways : [], dns)),
    answered('MX', domain, async () => [await checkMailHosts('MX', domain, dns)]),
    ...keys.map((key) =>
      answered(`DKIM ${key.selector}`, key.domain, async () => [await checkDkim(key, dns)]),
    ),
    Promise.resolve(keys.length === 0 ? [unsigned] : checkAlgorithms(keys)),
    answered('DMARC', domain, async () => {
      const dmarc = await checkDmarc(domain, dns)
      return [dmarc.finding, ...alignment({ domain, returns, keys }, dmarc)]
    }),
    ...(returns === domain ? [] : ofReturns(returns, ways, dns)),
  ]
  return (await Promise.all(checks)).flat()
}

const unsigned = advice(
  'DKIM',
  'mail is not signed here',
  'Set DKIM_DOMAIN, DKIM_SELECTOR and DKIM_KEY_FILE, unless your relay signs for this domain.',
)

/** The domain of RETURN_ADDRESS stands in MAIL FROM: bounces come back to it, and SPF asks it alone. */
const ofReturns = (returns: string, ways: Way[], dns: DomainDns): Promise<Finding[]>[] => [
  answered('return SPF', returns, () => checkSpf('return SPF', returns, ways, dns)),
  answered('return MX', returns, async () => [await checkMailHosts('return MX', returns, dns)]),
]

/** A resolver that does not answer says nothing about the domain. */
async function answered(check: string, domain: string, action: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await action()
  } catch (error) {
    const found = `DNS did not answer for ${domain}: ${messageOf(error)}`
    return [advice(check, found, 'Check the resolver of this machine.')]
  }
}
