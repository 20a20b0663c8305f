/** Whether a domain takes mail at all: many refuse a sender that nobody can answer (RFC 5321 5.1, RFC 7505). */
import { isIP } from 'node:net'
import { addressesOf, lookUp, type DomainDns } from './facts.js'
import { advice, type Finding, fault, ok } from './finding.js'

export async function checkMailHosts(check: string, domain: string, dns: DomainDns): Promise<Finding> {
  const hosts = (await lookUp(dns.resolveMx(domain))).sort((a, b) => a.priority - b.priority)
  const add = `Add to DNS: ${domain}. MX 10 the host that takes its mail.`
  if (hosts.some(({ exchange }) => exchange === '' || exchange === '.')) {
    return fault(check, `${domain} says that it takes no mail (null MX)`, add)
  }
  if (hosts.length === 0) {
    return (await addressesOf(dns, domain)).length > 0
      ? advice(check, `${domain} has no MX record, and its address stands in`, add)
      : fault(check, `${domain} has neither an MX record nor an address: mail to it is lost`, add)
  }
  for (const { exchange } of hosts) {
    if (isIP(exchange) !== 0)
      return fault(check, `the MX of ${domain} is an address, ${exchange}`, 'Name a host there.')
    if ((await addressesOf(dns, exchange)).length === 0) {
      return fault(
        check,
        `the MX of ${domain}, ${exchange}, has no address`,
        'Give it one, or take the record out.',
      )
    }
  }
  return ok(check, `mail to ${domain} goes to ${hosts.map(({ exchange }) => exchange).join(', ')}`)
}
