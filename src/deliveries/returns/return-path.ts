/** Short keyed tokens that name a mail we owed: what comes back to one is about that mail, and about nobody else. */
import { timingSafeEqual } from 'node:crypto'
import type { SecretKey, Secrets } from '../../config/secrets.js'
import { keyedText } from '../../subscribers/keys.js'

/**
 * - `bounce`: the return path, MAIL FROM.
 * - `leave`: the mailto of List-Unsubscribe (RFC 2369).
 * - `message`: the Message-ID, the way back where a relay puts a sender of its own in place of ours.
 * - `measure`: the links of a mail whose clicks are measured.
 */
export type TokenPurpose = 'bounce' | 'leave' | 'message' | 'measure'

/** The mail: an edition to a reader, or a row of the ledger. */
export type OwedMail =
  | {
      editionId: number
      subscriberId: number
      /** Of the reader when it was sent: raised when the reader moves to another address. */
      epoch: number
    }
  | { deliveryId: string }

/** More than a local part holds (RFC 5321, 4.5.3.1.1): a longer one is none of ours. */
const longest = 64
/** Of hexadecimal: 10 bytes. */
const macLength = 20

/** In characters that survive a mail program that writes local parts in lower case. */
export function ownToken(secrets: Secrets, purpose: TokenPurpose, owed: OwedMail): string {
  const named = nameOf(owed)
  return `${named}-${macOf(secrets.keys[0], purpose, named)}`
}

/** The mail that a token names; null when it is not ours, whatever the text. Compares in constant time. */
export function readToken(secrets: Secrets, purpose: TokenPurpose, token: string): OwedMail | null {
  if (token.length > longest) return null
  const match = /^(e[0-9a-z]{1,7}-[0-9a-z]{1,7}-[0-9a-z]{1,7}|d[0-9a-z]{1,13})-([0-9a-f]{20})$/.exec(
    token.toLowerCase(),
  )
  const [, named = '', mac = ''] = match ?? []
  if (!match) return null
  const given = Buffer.from(mac)
  const fits = secrets.keys.map((key) => timingSafeEqual(given, Buffer.from(macOf(key, purpose, named))))
  return fits.includes(true) ? owedOf(named) : null
}

/** `bounce+TOKEN@b.example.org` for `bounce@b.example.org`. */
export function taggedAddress(address: string, token: string, local?: string): string {
  const at = address.lastIndexOf('@')
  return `${local ?? address.slice(0, at)}+${token}@${address.slice(at + 1)}`
}

/** What stands behind the last plus sign of an address's local part; null without one. */
export function tagOf(address: string): string | null {
  const local = address.slice(0, Math.max(0, address.lastIndexOf('@')))
  const plus = local.lastIndexOf('+')
  return plus < 0 ? null : local.slice(plus + 1)
}

function nameOf(owed: OwedMail): string {
  if ('deliveryId' in owed) return `d${BigInt(owed.deliveryId).toString(36)}`
  return `e${[owed.editionId, owed.subscriberId, owed.epoch].map((number) => number.toString(36)).join('-')}`
}

function owedOf(named: string): OwedMail {
  const [first = 0, second = 0, third = 0] = named
    .slice(1)
    .split('-')
    .map((part) => Number.parseInt(part, 36))
  return named.startsWith('d')
    ? { deliveryId: String(first) }
    : { editionId: first, subscriberId: second, epoch: third }
}

const macOf = (key: SecretKey, purpose: TokenPurpose, named: string) =>
  keyedText(key, `returned mail: ${purpose}`, named, 'hex').slice(0, macLength)
