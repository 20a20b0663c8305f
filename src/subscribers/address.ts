/** Whether a text is an address that mail can be sent to, and the one form in which it is kept. */
import { domainToASCII } from 'node:url'
import { Problem } from '../errors.js'

export type Address = {
  /** As mail goes to it: local part as given, domain in lower-case A-labels. */
  email: string
  domain: string
}

export type AddressOptions = {
  /** Accept local parts beyond ASCII (RFC 6531): only where the relay offers SMTPUTF8. */
  eai?: boolean
}

// RFC 5321, 4.5.3.1: a path has 256 octets, two of them the angle brackets.
const longestAddress = 254
const longestLocalPart = 64
const longestDomain = 253

// RFC 5322, 3.2.3.
const atom = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+$/
// RFC 6532, 3.2 adds every character beyond ASCII; separators and invisible ones only serve to deceive.
const eaiAtom = /^(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]|(?![\p{Z}\p{C}])[^\0-\x7f])+$/u
// RFC 1123, 2.1.
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * Checks an address as RFC 5321, 5322 and 5890 have it, and normalises its domain. Dots, plus signs and
 * capitals of the local part stay as they are: only the receiver knows what they mean.
 * @throws Problem `unprocessable` that says what is wrong, in words for the person who typed it.
 */
export function checkAddress(text: string, options: AddressOptions = {}): Address {
  const given = text.trim()
  if (given === '') refuse('Please give an email address.')
  if (/[\p{Cc}\u2028\u2029]/u.test(given))
    refuse('An email address has no line breaks or control characters.')
  if (/^"[^"]*"@/.test(given)) refuse(quoted)
  if (/[\s<>,;()[\]]/.test(given)) {
    refuse('Please give one plain address such as name@example.org, without spaces, commas or brackets.')
  }
  const at = given.lastIndexOf('@')
  if (at === -1) refuse('An email address has an @ between the name and the domain.')
  const local = checkLocalPart(given.slice(0, at).normalize('NFC'), options.eai ?? false)
  const domain = checkDomain(given.slice(at + 1))
  const email = `${local}@${domain}`
  if (Buffer.byteLength(email) > longestAddress) refuse('This address is too long: 254 octets are the most.')
  return { email, domain }
}

const quoted = 'Addresses with quotation marks or backslashes are not supported; please use another one.'

function checkLocalPart(local: string, eai: boolean): string {
  if (local === '') refuse('Something has to stand before the @.')
  if (/["\\]/.test(local)) {
    refuse(quoted)
  }
  if (local.includes('@')) refuse('An email address has exactly one @.')
  if (Buffer.byteLength(local) > longestLocalPart)
    refuse('The part before the @ is too long: 64 octets are the most.')
  const parts = local.split('.')
  if (parts.includes(''))
    refuse('Dots may neither begin nor end the part before the @, nor follow one another.')
  if (parts.every((part) => atom.test(part))) return local
  if (!parts.every((part) => eaiAtom.test(part)))
    refuse('There is a character before the @ that no address has.')
  if (!eai)
    refuse(
      'Letters beyond ASCII before the @ are more than our mail server can send to: please use another address.',
    )
  return local
}

/** @returns the domain as lower-case A-labels (RFC 5890), without a trailing dot. */
function checkDomain(given: string): string {
  // A URL's host may be percent-encoded, a mail domain may not.
  if (given.includes('%')) refuse('The part after the @ is not the name of a domain.')
  const domain = domainToASCII(given.replace(/[.。]$/u, '')).toLowerCase()
  const labels = domain.split('.')
  if (domain === '' || domain.length > longestDomain || !labels.every((part) => label.test(part))) {
    refuse('The part after the @ is not the name of a domain.')
  }
  if (labels.length < 2 || /^\d+$/.test(labels.at(-1) ?? '')) {
    refuse('The part after the @ must be a full domain such as example.org.')
  }
  return domain
}

/** What makes two addresses one subscriber; Postgres' `lower(email)` gives the same for ASCII. */
export function emailKey(email: string): string {
  return email.toLowerCase()
}

/**
 * What makes two addresses one victim: capitals, dots and what follows a plus sign are left out, since many
 * receivers ignore them. Only for counting; mail never goes to it.
 */
export function abuseKey(address: Address): string {
  const local = emailKey(address.email).slice(0, -address.domain.length - 1)
  const folded = local.replace(/\+.*$/u, '').replaceAll('.', '')
  const domain = address.domain === 'googlemail.com' ? 'gmail.com' : address.domain
  return `${folded || local}@${domain}`
}

// RFC 2142: they are read by whoever looks after the domain, and nobody of them subscribes by a form.
const roles = /^(abuse|postmaster|hostmaster|mailer-daemon|noc|security|no-?reply)(\+[^@]*)?@/

/** @throws Problem `unprocessable` for the mailbox of an office that no form signs up. */
export function requirePerson({ email }: Address): void {
  if (roles.test(emailKey(email))) refuse('This is the address of an office: please use one of your own.')
}

function refuse(detail: string): never {
  throw new Problem('unprocessable', detail)
}
