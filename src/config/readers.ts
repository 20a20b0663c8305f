/** Readers of single values: each gives the value, or throws a message that says what was expected. */
import { isTimezone } from '../clock.js'
import { parseNetwork } from '../network/addresses.js'
import { parseRelayUrl, RelayUrlFault } from './relay-url.js'
import { Unexpected } from './unexpected.js'

const reject = (expected: string): never => {
  throw new Unexpected(expected)
}

export const text =
  (expected: string, test: (value: string) => boolean = () => true) =>
  (value: string): string =>
    // A line break in a value that lands in a header or a log line would forge one.
    value.length > 0 && !/[\r\n\0]/.test(value) && test(value) ? value : reject(expected)

export const wholeNumber =
  (least: number, most: number) =>
  (value: string): number => {
    const number = Number(value)
    if (!/^\d+$/.test(value) || number < least || number > most)
      reject(`a whole number from ${least} to ${most}`)
    return number
  }

export const oneOf =
  <const T extends string>(...choices: T[]) =>
  (value: string): T =>
    choices.find((choice) => choice === value) ?? reject(`one of ${choices.join(', ')}`)

export const url =
  (...protocols: string[]) =>
  (value: string): string => {
    const expected = `a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`
    if (!URL.canParse(value)) reject(expected)
    return protocols.includes(new URL(value).protocol) ? value.replace(/\/+$/, '') : reject(expected)
  }

/** Pages link by paths from the root, and cookies are the host's: below a path of another site it would not work. */
export const publicUrl = (value: string): string => {
  const read = url('http:', 'https:')(value)
  const { pathname, search, hash, username } = new URL(read)
  const bare = pathname === '/' && search === '' && hash === '' && username === ''
  return bare
    ? read
    : reject('a URL without a path: give the service a host name of its own, such as papers.example.org')
}

export const domainName = text('a domain name such as example.org', (value) =>
  /^(?=.{1,253}$)[a-z\d]([\w-]*[a-z\d])?(\.[a-z\d]([\w-]*[a-z\d])?)*$/i.test(value),
)

export type TimeOfDay = { hour: number; minute: number }

export const timeOfDay = (value: string): TimeOfDay => {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(value)
  return match ? { hour: Number(match[1]), minute: Number(match[2]) } : reject('a time of day, HH:MM')
}

export const timezone = (value: string): string =>
  isTimezone(value) ? value : reject('an IANA time zone such as Europe/Paris')

export type Mailbox = { name: string; address: string }

/** A whole name in quotes (RFC 5322 3.2.4), in which a backslash makes the next character stand for itself. */
const quotedName = /^"((?:[^"\\\r\n]|\\[^\r\n])*)"\s*<([^<>\s@]+@[^<>\s@]+)>$/
const plainName = /^(?:([^<>\r\n]*?)\s*<([^<>\s@]+@[^<>\s@]+)>|([^<>\s@]+@[^<>\s@]+))$/

export const mailbox = (value: string): Mailbox => {
  const [, words, quotedAddress] = quotedName.exec(value.trim()) ?? []
  if (words !== undefined && quotedAddress) {
    return { name: words.replaceAll(/\\(.)/g, '$1').trim(), address: quotedAddress }
  }
  const match = plainName.exec(value.trim())
  if (!match) return reject('an address, such as Daily Papers <papers@example.org>')
  return { name: (match[1] ?? '').replaceAll('"', '').trim(), address: match[2] ?? match[3] ?? '' }
}

/** Comma-separated `smtp://` and `smtps://` URLs; `parseRelayUrl` says what they may hold. */
export const relayUrls = (value: string): string[] =>
  value.split(',').map((part) => {
    try {
      parseRelayUrl(part.trim())
      return part.trim()
    } catch (error) {
      return error instanceof RelayUrlFault ? reject(error.message) : raise(error)
    }
  })

/** Comma-separated addresses or networks, such as `10.0.0.0/8,::1`, in no other spelling. */
export const networks = (value: string): string[] =>
  value.split(',').map((part) => {
    const expected = 'IP addresses or networks such as 10.0.0.0/8, comma-separated'
    return parseNetwork(part) ? part.trim() : reject(expected)
  })

const raise = (error: unknown): never => {
  throw error
}

/** `gmail.com=50,yahoo.com=20`: messages a second for each recipient domain. */
export const domainRates = (value: string): Record<string, number> =>
  Object.fromEntries(
    value.split(',').map((part) => {
      const [, domain, rate] = /^\s*([a-z0-9.-]+)=(\d+(?:\.\d+)?)\s*$/i.exec(part) ?? []
      if (!domain || !(Number(rate) > 0)) return reject('messages a second by domain, such as gmail.com=50')
      return [domain.toLowerCase(), Number(rate)]
    }),
  )

/** Clicks alone, or opens with them. */
export const measure = (value: string): { opens: boolean; clicks: boolean } => {
  const parts = value.split(',').map((part) => part.trim())
  if (value === 'off') return { opens: false, clicks: false }
  if (value === 'clicks') return { opens: false, clicks: true }
  return parts.toSorted().join() === 'clicks,opens'
    ? { opens: true, clicks: true }
    : reject('off, clicks, or opens,clicks')
}
