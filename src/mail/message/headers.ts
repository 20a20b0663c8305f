/** Header lines (RFC 5322, 2047, 6532) that no value can break out of. */
import { domainToASCII } from 'node:url'
import { Problem } from '../../errors.js'
import { oneLine } from '../../format/text/one-line.js'

export type Mailbox = { name: string; address: string }

const foldAt = 78
/** RFC 2047 2: a line with encoded words has at most 76 columns, its header's name counted, and a word at most 75. */
const foldEncodedAt = 76
const wordLimit = 75

/** One header line with its CRLF, folded before words so that lines stay within 78 columns where they can. */
export function headerLine(name: string, value: string): string {
  const foldHere = value.includes('=?') ? foldEncodedAt : foldAt
  if (name.length + value.length + 2 <= foldHere) return `${name}: ${value}\r\n`
  let lines = `${name}:`
  let column = lines.length
  for (const word of value.split(/ (?=[^ ])/)) {
    const fits = column + word.length + 1 <= foldHere
    lines += fits || column <= name.length + 1 ? ` ${word}` : `\r\n ${word}`
    column = fits ? column + word.length + 1 : word.length + 1
  }
  return `${lines}\r\n`
}

/** Free text for the header of that name: as it is where that is safe, otherwise as encoded words (RFC 2047). */
export function encodeText(name: string, text: string): string {
  const line = oneLine(text)
  return needsEncoding(line) ? encodedWords(name, line) : line
}

/** `name <address>` for the header of that name. @throws Problem `invalid` for an address that is none. */
export function encodeMailbox(header: string, { name, address }: Mailbox): string {
  return `${encodePhrase(header, name)} <${checkedAddress(address)}>`.trimStart()
}

/** A display name: bare words, a quoted string or encoded words, whichever it needs. */
export function encodePhrase(header: string, name: string): string {
  const line = oneLine(name)
  if (needsEncoding(line)) return encodedWords(header, line)
  return /^[\w !#$%&'*+/=?^`{|}~-]*$/.test(line) ? line : `"${line.replaceAll(/["\\]/g, '\\$&')}"`
}

const longestAddress = 320
/** Nearly all there are: what follows has nothing to find in them. */
const ordinary = /^[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9.-]+$/

/**
 * An address fit for a header and for MAIL and RCPT, its domain in A-labels.
 * A local part beyond ASCII stays as it is and needs SMTPUTF8 (RFC 6531).
 * @throws Problem `invalid`; the text does not repeat the address.
 */
export function checkedAddress(address: string): string {
  if (address.length <= longestAddress && ordinary.test(address)) return address
  const at = address.lastIndexOf('@')
  const local = address.slice(0, at)
  const domain = address.slice(at + 1)
  const forged = /[\p{Cc}\s<>()[\]:;,\\"]/u.test(address)
  const ascii = isAscii(domain) ? domain : domainToASCII(domain)
  if (at < 1 || forged || local.includes('@') || ascii === '' || address.length > longestAddress) {
    throw new Problem('invalid', 'This is not an address that mail can go to.')
  }
  return `${local}@${ascii}`
}

export const isAscii = (text: string): boolean => /^\p{ASCII}*$/u.test(text)

/** A URL in angle brackets for a List- header (RFC 2369). @throws Problem `invalid`. */
export function bracketedUrl(url: string): string {
  if (!/^https?:\/\/[!-;=?-~]+$/.test(url)) {
    throw new Problem('invalid', 'This is not a URL that a header can carry.')
  }
  return `<${url}>`
}

/** A value of printable ASCII that must come through byte by byte, such as a Message-ID. */
export function verbatim(value: string): string {
  if (!/^[ -~]+$/.test(value)) throw new Problem('invalid', 'This is not a value that a header can carry.')
  return value
}

/** RFC 5322 date-time in UTC: `Wed, 06 May 2026 06:00:00 +0000`. */
export function encodeDate(at: Date): string {
  // `Wed, 06 May 2026 06:00:00 GMT`, whatever the language (ECMA-262, 21.4.4.43); RFC 5322 4.3 has GMT as obsolete.
  return at.toUTCString().replace('GMT', '+0000')
}

/** Also when a reader's program would take plain text for an encoded word, or a word is too long to fold. */
function needsEncoding(line: string): boolean {
  return !isAscii(line) || line.includes('=?') || /[^ ]{900}/.test(line)
}

/** The first word stands beside the header's name. */
function encodedWords(header: string, line: string): string {
  const words: string[] = []
  let word = ''
  for (const character of line) {
    const encoded = encodeCharacter(character)
    const limit = words.length === 0 ? foldEncodedAt - header.length - ': '.length : wordLimit
    if (word.length + encoded.length + '=?UTF-8?Q??='.length > limit) {
      words.push(word)
      word = ''
    }
    word += encoded
  }
  return [...words, word].map((text) => `=?UTF-8?Q?${text}?=`).join(' ')
}

function encodeCharacter(character: string): string {
  if (character === ' ') return '_'
  if (/^[A-Za-z0-9!*+/-]$/.test(character)) return character
  return Buffer.from(character, 'utf8').toString('hex').toUpperCase().replaceAll(/../g, '=$&')
}
