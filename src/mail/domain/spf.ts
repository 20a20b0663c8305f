/** Who may send for a domain (RFC 7208), and whether the relays are among them. */
import { type DomainDns, textsOf } from './facts.js'
import { advice, type Finding, fault, ok } from './finding.js'
import { isSpf, SpfFault } from './spf-record.js'
import { growSpf, type SpfTree } from './spf-tree.js'
import { verdictOn, verdictOnOthers } from './spf-verdict.js'

/** A relay and the public addresses that mail may leave from when it goes there. */
export type Way = { relay: string; addresses: string[] }

/** RFC 7208: exactly one record, ten look-ups, and an end that keeps others out. */
export async function checkSpf(
  check: string,
  domain: string,
  ways: Way[],
  dns: DomainDns,
): Promise<Finding[]> {
  const [record, second] = (await textsOf(dns, domain)).filter(isSpf)
  const add = `Add to DNS: ${domain}. TXT "v=spf1 include:YOUR-RELAY ~all", as your relay tells you.`
  if (record === undefined) return [fault(check, `${domain} has no SPF record`, add)]
  if (second !== undefined) {
    return [fault(check, `${domain} has more than one SPF record: none counts`, 'Merge them into one.')]
  }
  try {
    const [tree, { count }] = await growSpf(domain, record, dns)
    return [ofEnd(check, domain, tree, count), ...ways.flatMap((way) => ofWay(check, domain, tree, way))]
  } catch (error) {
    if (!(error instanceof SpfFault)) throw error
    return [fault(check, `the record of ${domain} is an error to receivers: ${error.message}`, 'Mend it.')]
  }
}

function ofEnd(check: string, domain: string, tree: SpfTree, count: number): Finding {
  const end = verdictOnOthers(tree)
  if (end === '+') {
    return fault(
      check,
      `the record of ${domain} lets everybody send: ${tree.record}`,
      'End it with ~all or -all.',
    )
  }
  if (end === '?') {
    return advice(
      check,
      `the record of ${domain} keeps nobody out: ${tree.record}`,
      'End it with ~all or -all.',
    )
  }
  return ok(check, `${tree.record} (${count} of 10 look-ups)`)
}

function ofWay(check: string, domain: string, tree: SpfTree, { relay, addresses }: Way): Finding[] {
  const left = addresses.filter((address) => verdictOn(tree, address) !== '+')
  const [first] = left
  const name = `${check} for ${relay}`
  if (addresses.length === 0) return []
  if (first === undefined) return [ok(name, `the record of ${domain} covers ${addresses.join(', ')}`)]
  const unknown = verdictOn(tree, first) === null
  const mend = `If mail leaves from there, add ip${first.includes(':') ? 6 : 4}:${first}, or what your relay tells you to include.`
  const says = unknown ? 'may or may not cover' : 'does not cover'
  return [advice(name, `the record of ${domain} ${says} ${left.join(', ')}`, mend)]
}
