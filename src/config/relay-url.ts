/** One relay of MAIL_URL: where it is, how it is reached, and how much it takes. */
import { isLoopbackAddress } from '../network/addresses.js'

export type RelaySettings = {
  /** Host and port, for logs and tables; never the login. */
  name: string
  host: string
  port: number
  /** TLS from the first byte (smtps). */
  secure: boolean
  /** `optional` takes STARTTLS where it is offered and does not look at the certificate. */
  startTls: 'required' | 'optional' | 'off'
  login: { user: string; pass: string } | null
  /** How to log in; absent: the first of what the relay offers. */
  auth?: AuthMethod
  /** How we name ourselves to it; absent: as the host of PUBLIC_URL. */
  clientName?: string
  /** An HTTP proxy to go through, `http://` or `https://`. */
  proxy: string | null
  /** Open at once. */
  connections: number
  /** After so many messages a connection is made anew. */
  messages: number
  /** Messages a second, at most, of all processes together; null for no bound. */
  rate: number | null
  /** Share of the mail among the relays that are up; 0 stands by until no other is up. */
  weight: number
  /** Seconds without an answer after which a connection is given up. */
  timeout: number
}

const authMethods = ['plain', 'login', 'cram-md5', 'xoauth2'] as const
type AuthMethod = (typeof authMethods)[number]

/** Says what is wrong with a URL, in words that follow "must be". */
export class RelayUrlFault extends Error {}

const numbers = {
  connections: { fallback: 20, least: 1, most: 1000 },
  messages: { fallback: 500, least: 1, most: 1_000_000 },
  weight: { fallback: 1, least: 0, most: 1000 },
  timeout: { fallback: 60, least: 1, most: 3600 },
} as const

const known = new Set([...Object.keys(numbers), 'rate', 'tls', 'proxy', 'name', 'auth'])

/**
 * `smtp://user:pass@host:587?connections=20&messages=500&rate=100&weight=2&timeout=60&tls=required`,
 * `proxy=http%3A%2F%2Fproxy%3A3128`, percent-encoded, `auth=xoauth2` and `name=mail.example.org` for EHLO.
 * On loopback nobody listens in: there STARTTLS is off, or optional with a login. Elsewhere it is required.
 * @throws RelayUrlFault
 */
export function parseRelayUrl(text: string): RelaySettings {
  if (!URL.canParse(text)) throw new RelayUrlFault('smtp:// or smtps:// URLs, comma-separated')
  const url = new URL(text)
  if (!/^smtps?:$/.test(url.protocol) || url.hostname === '') {
    throw new RelayUrlFault('smtp:// or smtps:// URLs, comma-separated')
  }
  for (const name of url.searchParams.keys()) {
    if (!known.has(name))
      throw new RelayUrlFault(`relays whose parameters are among ${[...known].join(', ')}`)
  }
  const secure = url.protocol === 'smtps:'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = url.port === '' ? (secure ? 465 : 587) : Number(url.port)
  const login = url.username === '' ? null : readLogin(url)
  return {
    name: `${url.hostname}:${port}`,
    host,
    port,
    secure,
    startTls: readTls(url, host, login !== null),
    login,
    ...readAuth(url, login),
    ...readName(url),
    proxy: readProxy(url),
    connections: readNumber(url, 'connections'),
    messages: readNumber(url, 'messages'),
    rate: readRate(url),
    weight: readNumber(url, 'weight'),
    timeout: readNumber(url, 'timeout'),
  }
}

function readLogin(url: URL): { user: string; pass: string } {
  try {
    return { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) }
  } catch {
    throw new RelayUrlFault('relays whose user name and password are percent-encoded')
  }
}

function readAuth(url: URL, login: RelaySettings['login']): Pick<RelaySettings, 'auth'> {
  const value = url.searchParams.get('auth')?.toLowerCase()
  if (value === undefined) return {}
  const auth = authMethods.find((method) => method === value)
  if (!auth) throw new RelayUrlFault(`relays whose auth is ${authMethods.join(', ')}`)
  if (!login) throw new RelayUrlFault('relays with a user name where they have auth')
  return { auth }
}

/** RFC 5321 4.1.1.1: a domain, or an address in brackets. */
function readName(url: URL): Pick<RelaySettings, 'clientName'> {
  const value = url.searchParams.get('name')
  if (value === null) return {}
  if (/^(?:[a-z0-9-]{1,63}\.)*[a-z0-9-]{1,63}$|^\[[a-f0-9.:IPv]+\]$/i.test(value))
    return { clientName: value }
  throw new RelayUrlFault('relays whose name is a domain, or an address in brackets')
}

function readTls(url: URL, host: string, hasLogin: boolean): RelaySettings['startTls'] {
  const value = url.searchParams.get('tls')
  if (value === null) return isLoopback(host) ? (hasLogin ? 'optional' : 'off') : 'required'
  if (value === 'required' || value === 'optional' || value === 'off') return value
  throw new RelayUrlFault('relays whose tls is required, optional or off')
}

function readProxy(url: URL): string | null {
  const value = url.searchParams.get('proxy')
  if (value === null) return null
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value
  throw new RelayUrlFault('relays whose proxy is a percent-encoded http:// or https:// URL')
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || isLoopbackAddress(host)
}

function readNumber(url: URL, name: keyof typeof numbers): number {
  const { fallback, least, most } = numbers[name]
  const value = url.searchParams.get(name)
  if (value === null) return fallback
  const number = Number(value)
  if (/^\d+$/.test(value) && number >= least && number <= most) return number
  throw new RelayUrlFault(`relays whose ${name} is a whole number from ${least} to ${most}`)
}

function readRate(url: URL): number | null {
  const value = url.searchParams.get('rate')
  if (value === null) return null
  const number = Number(value)
  if (/^\d+(\.\d+)?$/.test(value) && number > 0 && number <= 100_000) return number
  throw new RelayUrlFault('relays whose rate is a number above 0')
}
