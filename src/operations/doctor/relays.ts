/** Whether the relays can be reached, secured and logged in to, and what DNS calls us and them. */
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Config } from '../../config/config.js'
import type { RelaySettings } from '../../config/relay-url.js'
import { messageOf } from '../../errors.js'
import { addressesOf, type DomainDns } from '../../mail/domain/facts.js'
import { advice, type Finding, fault, ok } from '../../mail/domain/finding.js'
import type { Way } from '../../mail/domain/spf.js'
import { type EquippedRelay, relaysOf } from '../../mail/smtp/equip.js'
import { openSession, type Session } from '../../mail/smtp/session.js'
import { isPublicAddress } from '../../network/addresses.js'

/** What connecting to a relay showed; `ways` is where mail leaves from, as far as that can be seen. */
export type RelayFacts = { findings: Finding[]; ways: Way[] }

/** Connects, secures and logs in as sending does; no mail is sent. */
export async function checkRelays(
  config: Pick<Config, 'mailUrls' | 'publicUrl' | 'oauth'>,
  dns: DomainDns,
): Promise<RelayFacts> {
  if (!config.mailUrls) {
    const found = 'MAIL_URL is unset: mail goes to the outbox and to nobody'
    const mend = 'Set MAIL_URL to the relay that takes your mail.'
    return { findings: [advice('relay', found, mend)], ways: [] }
  }
  const all = await Promise.all(relaysOf(config).map((relay) => checkRelay(relay, dns)))
  return { findings: all.flatMap(({ findings }) => findings), ways: all.map(({ way }) => way) }
}

async function checkRelay(relay: EquippedRelay, dns: DomainDns): Promise<{ findings: Finding[]; way: Way }> {
  const check = `relay ${relay.name}`
  const addresses = await publicAddressesOf(relay.host, dns)
  const way = { relay: relay.name, addresses }
  try {
    const session = await openSession(relay)
    const wire = session.wire()
    session.close()
    const hello = await checkHello(wire.clientName, dns)
    return {
      findings: [...ofWire(check, relay, wire), ...hello, ...(await checkReverse(relay, addresses, dns))],
      way,
    }
  } catch (error) {
    return { findings: [fault(check, messageOf(error), mendOf(messageOf(error), relay))], way }
  }
}

const soonMs = 14 * 86_400_000

/** What the session had, whatever the URL asked for. */
function ofWire(check: string, relay: RelaySettings, wire: ReturnType<Session['wire']>): Finding[] {
  const login = relay.login ? 'login accepted' : 'no login'
  const here = isHere(relay.host)
  if (!wire.tls) {
    const reached = ok(check, `reached, no TLS${here ? ' (loopback)' : ''}, ${login}`)
    if (here || isOwn(relay)) return [reached]
    const found = 'mail and login go there without TLS, for all on the way to read'
    return [reached, advice(`${check} TLS`, found, 'Add ?tls=required to its URL, or use smtps://.')]
  }
  const secured = relay.secure ? 'TLS' : 'STARTTLS'
  const reached = ok(check, `reached, ${secured}, ${login}`)
  const name = `${check} certificate`
  if (wire.certificateFault !== null) {
    const found = `its certificate does not hold (${wire.certificateFault}), and is not insisted on`
    const mend = 'Give it one that does, name its authority in NODE_EXTRA_CA_CERTS, and set ?tls=required.'
    return [reached, advice(name, found, mend)]
  }
  const until = wire.until.toISOString().slice(0, 10)
  if (wire.until.getTime() - Date.now() < soonMs) {
    return [reached, advice(name, `ends on ${until}`, 'Have it renewed.')]
  }
  if (relay.startTls === 'required') return [reached, ok(name, `holds until ${until}`)]
  return [reached, advice(name, 'holds, and is not insisted on', 'Add ?tls=required to its URL.')]
}

function mendOf(message: string, { host, port }: RelaySettings): string {
  if (/auth|login|535|credentials/i.test(message)) return 'Check the user and the password in MAIL_URL.'
  if (/certificate|tls|ssl/i.test(message)) return `Check that ${host} has a certificate of that name.`
  if (/ENOTFOUND|EAI_AGAIN/.test(message)) return `Check the host name: DNS does not know ${host}.`
  return `Check that a mail server listens at ${host}:${port} and that a firewall lets us through.`
}

const isHere = (host: string): boolean => host === 'localhost' || /^127\.|^::1$/.test(host)

/** A host of our own network: a single label, or an address that the world does not route. */
const isOwn = ({ host }: RelaySettings): boolean =>
  isIP(host) === 0 ? !host.includes('.') : !isPublicAddress(host)

/** Of a relay on this machine, those of the machine: mail leaves from there. */
async function publicAddressesOf(host: string, dns: DomainDns): Promise<string[]> {
  const own = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  const all = isHere(host) ? own.map(({ address }) => address) : isIP(host) ? [host] : await known(dns, host)
  return all.filter(isPublicAddress)
}

const known = (dns: DomainDns, name: string): Promise<string[]> =>
  addressesOf(dns, name).catch((): string[] => [])

/** RFC 5321 4.1.1.1: the name in EHLO is one that DNS knows, and its address leads back to it. */
export async function checkHello(name: string, dns: DomainDns): Promise<Finding[]> {
  const check = `EHLO ${name}`
  const mend = 'Give it an address in DNS, or set ?name= in MAIL_URL to the name that the PTR record says.'
  if (name.startsWith('[') || !name.includes('.')) return []
  const addresses = await known(dns, name)
  if (addresses.length === 0)
    return [advice(check, 'DNS does not know the name that we say hello with', mend)]
  const names = (await Promise.all(addresses.map((address) => namesOf(dns, address)))).flat()
  if (names.includes(name.toLowerCase())) return [ok(check, `is ${addresses.join(', ')}, which is ${name}`)]
  const says = names.length === 0 ? 'has no PTR record' : `is called ${[...new Set(names)].join(', ')}`
  return [
    advice(
      check,
      `${addresses.join(', ')} ${says}`,
      'Let its owner set PTR to that name, if mail leaves from there.',
    ),
  ]
}

const namesOf = async (dns: DomainDns, address: string): Promise<string[]> =>
  (await dns.reverse(address).catch((): string[] => [])).map((name) => name.toLowerCase())

/** Providers look at the name of the address that mail comes from (RFC 1912 2.1); a relay of ours must have one. */
async function checkReverse(
  { name }: RelaySettings,
  addresses: string[],
  dns: DomainDns,
): Promise<Finding[]> {
  const [address] = addresses
  if (!address) return []
  for (const each of await namesOf(dns, address)) {
    if ((await known(dns, each)).includes(address)) {
      return [ok(`PTR ${name}`, `${address} is ${each}, and ${each} is ${address}`)]
    }
  }
  const mend = 'If mail leaves from this address, let its owner set a PTR record that leads back to it.'
  return [advice(`PTR ${name}`, `${address} has no name that leads back to it`, mend)]
}
