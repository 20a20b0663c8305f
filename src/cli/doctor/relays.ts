/** Whether the relays can be reached, secured and logged in to, and what DNS calls them. */
import { isIP } from 'node:net'
import type { Config } from '../../config/config.js'
import { messageOf } from '../../errors.js'
import type { RelaySettings } from '../../config/relay-url.js'
import { type EquippedRelay, relaysOf } from '../../mail/smtp/equip.js'
import { openSession } from '../../mail/smtp/session.js'
import type { DoctorDns } from './dns.js'
import { advice, type Finding, fault, ok } from './finding.js'

/** Connects, secures and logs in as sending does; no mail is sent. */
export async function checkRelays(
  config: Pick<Config, 'mailUrls' | 'publicUrl' | 'oauth'>,
  dns: DoctorDns,
): Promise<Finding[]> {
  if (!config.mailUrls) {
    const found = 'MAIL_URL is unset: mail goes to the outbox and to nobody'
    const mend = 'Set MAIL_URL to the relay that takes your mail.'
    return [advice('relay', found, mend)]
  }
  const findings = await Promise.all(relaysOf(config).map((relay) => checkRelay(relay, dns)))
  return findings.flat()
}

async function checkRelay(relay: EquippedRelay, dns: DoctorDns): Promise<Finding[]> {
  const check = `relay ${relay.name}`
  try {
    const session = await openSession(relay)
    session.close()
  } catch (error) {
    return [fault(check, messageOf(error), mendOf(messageOf(error), relay))]
  }
  const secured = relay.secure ? 'TLS' : relay.startTls === 'off' ? 'no TLS (loopback)' : 'STARTTLS'
  const login = relay.login ? 'login accepted' : 'no login'
  const security =
    relay.startTls === 'optional' && !relay.secure
      ? [advice(check, 'its certificate is not looked at', 'Add ?tls=required to its URL.')]
      : []
  return [ok(check, `reached, ${secured}, ${login}`), ...security, ...(await checkReverse(relay, dns))]
}

function mendOf(message: string, { host, port }: RelaySettings): string {
  if (/auth|login|535|credentials/i.test(message)) return 'Check the user and the password in MAIL_URL.'
  if (/certificate|tls|ssl/i.test(message)) return `Check that ${host} has a certificate of that name.`
  if (/ENOTFOUND|EAI_AGAIN/.test(message)) return `Check the host name: DNS does not know ${host}.`
  return `Check that a mail server listens at ${host}:${port} and that a firewall lets us through.`
}

const ownNetwork = /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.)/

/** Providers look at the name of the address that mail comes from (RFC 1912 2.1); a relay of ours must have one. */
async function checkReverse({ host, name }: RelaySettings, dns: DoctorDns): Promise<Finding[]> {
  if (host === 'localhost' || isIP(host) === 6) return []
  const addresses = isIP(host) ? [host] : await addressesOf(dns, host)
  const address = addresses.find((each) => !ownNetwork.test(each))
  if (!address) return []
  const names = await dns.reverse(address).catch((): string[] => [])
  for (const each of names) {
    if ((await addressesOf(dns, each)).includes(address)) {
      return [ok(`PTR ${name}`, `${address} is ${each}, and ${each} is ${address}`)]
    }
  }
  const mend = 'If mail leaves from this address, let its owner set a PTR record that leads back to it.'
  return [advice(`PTR ${name}`, `${address} has no name that leads back to it`, mend)]
}

const addressesOf = (dns: DoctorDns, name: string): Promise<string[]> =>
  dns.resolve4(name).catch((): string[] => [])
