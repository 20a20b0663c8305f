/** DATABASE_URL in the forms that Postgres's own tools, poolers and hosts write it; each works, or says what to write. */
import { accessSync, constants } from 'node:fs'
import { Unexpected } from './unexpected.js'

const refuse = (expected: string): never => {
  throw new Unexpected(expected)
}

const form = 'a URL such as postgres://user:password@host:5432/database'

/**
 * A URL as pg reads it. A socket's folder stands in `?host=/folder`; the host before it is then of no account.
 * @throws Unexpected
 */
export function databaseUrl(value: string): string {
  const rest = /^postgres(?:ql)?:\/\/(.*)$/is.exec(value)?.[1]
  if (rest === undefined) return refuse(form)
  requireEncoded(rest)
  const text = rest.startsWith('@') ? value.replace('//@', '//') : value
  // WHATWG has no user without a host.
  const whole = text.replace(/^([a-z]+:\/\/[^/?#]*@)(?=[/?]|$)/i, '$1localhost')
  if (!URL.canParse(whole)) return refuse(rest.includes(',') ? `${form}, with one host` : form)
  const url = new URL(whole)
  requireDecodable(url.username + url.password)
  takeSchemaOut(url)
  settleTls(url)
  return url.href
}

/** A raw `/`, `?` or `#` in a password ends what comes before the host, and the rest is read as something else. */
function requireEncoded(rest: string): void {
  const end = rest.search(/[/?#]/)
  const [before, behind] = end < 0 ? [rest, ''] : [rest.slice(0, end), rest.slice(end)]
  const [path = ''] = behind.split('?')
  const cut = behind.includes('#') || path.includes('@') || (!before.includes('@') && behind.includes('@'))
  if (!cut) return
  refuse(`${form}, with / ? # @ % in user and password written as %2F %3F %23 %40 %25`)
}

function requireDecodable(text: string): void {
  try {
    decodeURIComponent(text)
  } catch {
    refuse(`${form}, with % in user and password written as %25`)
  }
}

/** Prisma's parameter, which Postgres does not know. */
function takeSchemaOut(url: URL): void {
  const schema = url.searchParams.get('schema')
  if (schema !== null && schema !== 'public') {
    refuse('a URL without ?schema=: write ALTER ROLE user SET search_path = schema in the database instead')
  }
  url.searchParams.delete('schema')
}

const tlsModes = ['disable', 'no-verify', 'prefer', 'require', 'verify-ca', 'verify-full']

/** `require` and `verify-ca` look at the certificate and the host's name here, as `verify-full` does everywhere. */
function settleTls(url: URL): void {
  const { searchParams } = url
  const mode = searchParams.get('sslmode')
  if (mode !== null && !tlsModes.includes(mode))
    refuse(`a URL whose sslmode is one of ${tlsModes.join(', ')}`)
  if (searchParams.get('sslrootcert') === 'system') searchParams.delete('sslrootcert')
  for (const name of ['sslrootcert', 'sslcert', 'sslkey']) {
    const file = searchParams.get(name)
    if (file !== null && !isReadable(file)) refuse(`a URL whose ${name} is a file that can be read here`)
  }
  const strict = mode === 'require' || mode === 'verify-ca' || mode === 'prefer'
  if (strict && searchParams.get('uselibpqcompat') !== 'true') searchParams.set('sslmode', 'verify-full')
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK)
    return true
  } catch {
    return false
  }
}
