/** How much of the sign-up anybody may use; counted in the database, for all processes together. */
import { type Address, abuseKey } from '../address.js'
import { keyedHash } from '../keys.js'
import type { Secrets } from '../../config/secrets.js'

export type SignupLimits = {
  /** Mails to one address because of sign-ups: in an hour, in a day, and in all without a click. */
  addressHour: number
  addressDay: number
  unclicked: number
  /** Sign-ups in an hour from one /24 of IPv4 or /64 of IPv6. */
  networkHour: number
  /** Sign-ups in an hour for addresses of one domain. */
  domainHour: number
  /** Sign-ups in a minute from everybody: from the first number on only with a proof of work, then none. */
  proofMinute: number
  allMinute: number
}

export const defaultLimits: SignupLimits = {
  addressHour: 1,
  addressDay: 3,
  unclicked: 5,
  networkHour: 30,
  domainHour: 1000,
  proofMinute: 120,
  allMinute: 1200,
}

const hour = 3_600_000
const minute = 60_000

/** The ends of the windows that an instant lies in. */
export function windowsAt(at: Date): { hour: Date; minute: Date } {
  const end = (length: number) => new Date((Math.floor(at.getTime() / length) + 1) * length)
  return { hour: end(hour), minute: end(minute) }
}

/** Keyed hashes, so that the counters tell nobody who signed up from where. */
export function guardKey(secrets: Secrets, address: Address): Buffer {
  return keyedHash(secrets.keys[0], 'sign-up guard', abuseKey(address))
}

export function networkKey(secrets: Secrets, ip: string): Buffer {
  return keyedHash(secrets.keys[0], 'sign-up network', networkOf(ip))
}

/** The /24 of an IPv4 address, also of one mapped into IPv6, or the /64 of an IPv6 address. */
export function networkOf(ip: string): string {
  const plain = ip.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (!plain.includes(':')) return plain.split('.').slice(0, 3).join('.')
  const [head = '', tail] = plain.split('::')
  const before = head.split(':').filter(Boolean)
  const after = (tail ?? '').split(':').filter(Boolean)
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length
  const groups = [...before, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...after]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
