/** How much mail anybody may have sent to addresses that they type; counted in the database, for all processes together. */
import { isIPv6 } from 'node:net'
import { type Address, abuseKey } from '../address.js'
import { keyedHash } from '../keys.js'
import type { Secrets } from '../../config/secrets.js'

export type SignupLimits = {
  /** Mails to one address because of forms: in an hour, in a day, and in all without a click. */
  addressHour: number
  addressDay: number
  unclicked: number
  /** Mails in a day that one reader asks for in the preferences. */
  readerDay: number
  /** Tries in an hour from one /24 of IPv4 or /64 of IPv6. */
  networkHour: number
  /** Tries in an hour from one /48 of IPv6: what a single customer may be given. */
  siteHour: number
  /** Mails in an hour to addresses of one domain. */
  domainHour: number
  /** Mails in a minute for everybody: from the first number on only with a proof of work, then none. */
  proofMinute: number
  allMinute: number
  /** Test copies and test alerts: to one address in an hour, and by one key in a day. */
  copyHour: number
  operatorDay: number
  /** Alerts to one mailbox in an hour. */
  alertHour: number
}

export const defaultLimits: SignupLimits = {
  addressHour: 1,
  addressDay: 3,
  unclicked: 5,
  readerDay: 3,
  networkHour: 30,
  siteHour: 60,
  domainHour: 1000,
  proofMinute: 120,
  allMinute: 1200,
  copyHour: 10,
  operatorDay: 100,
  alertHour: 30,
}

const minute = 60_000
const hour = 60 * minute

/** The ends of the windows that an instant lies in; days are those of UTC. */
export function windowsAt(at: Date): { day: Date; hour: Date; minute: Date } {
  const end = (length: number) => new Date((Math.floor(at.getTime() / length) + 1) * length)
  return { day: end(24 * hour), hour: end(hour), minute: end(minute) }
}

export function secondsUntil(end: Date, at: Date): number {
  return Math.max(1, Math.ceil((end.getTime() - at.getTime()) / 1000))
}

/** Keyed hashes, so that the counters tell nobody who signed up from where. */
export function guardKey(secrets: Secrets, address: Address): Buffer {
  return keyedHash(secrets.keys[0], 'sign-up guard', abuseKey(address))
}

/** Where a request came from, as it is counted. */
export type Network = {
  network: Buffer
  /** Null for an address of IPv4, whose network is the widest that is counted. */
  site: Buffer | null
}

export function networkFrom(secrets: Secrets, ip: string | null): Network | null {
  if (!ip) return null
  const [key] = secrets.keys
  const site = siteOf(ip)
  return {
    network: keyedHash(key, 'sign-up network', networkOf(ip)),
    site: site === null ? null : keyedHash(key, 'sign-up site', site),
  }
}

/** The /24 of an IPv4 address, also of one mapped into IPv6, or the /64 of an IPv6 address. */
export function networkOf(ip: string): string {
  const plain = plainly(ip)
  return plain.includes(':') ? groupsOf(plain, 4) : plain.split('.').slice(0, 3).join('.')
}

/** The /48 of an IPv6 address; null for one of IPv4. */
export function siteOf(ip: string): string | null {
  const plain = plainly(ip)
  return isIPv6(plain) ? groupsOf(plain, 3) : null
}

/** Without a zone, and an IPv4 address that is mapped into IPv6 as itself. */
const plainly = (ip: string) => ip.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')

function groupsOf(ip: string, count: number): string {
  const [head = '', tail] = ip.split('::')
  const before = head.split(':').filter(Boolean)
  const after = (tail ?? '').split(':').filter(Boolean)
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length
  const groups = [...before, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...after]
  return groups
    .slice(0, count)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
