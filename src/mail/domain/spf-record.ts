/** The terms of one SPF record, as RFC 7208 12 writes them. */
import { isIP } from 'node:net'
import { type Network, parseNetwork } from '../../network/addresses.js'

export type Qualifier = '+' | '-' | '~' | '?'

export type SpfTerm = { qualifier: Qualifier } & (
  | { kind: 'all' }
  | { kind: 'network'; network: Network }
  | { kind: 'a' | 'mx'; domain: string | null; bits4: number; bits6: number }
  | { kind: 'include'; domain: string }
  | { kind: 'exists' }
  | { kind: 'ptr' }
)

export type SpfRecord = { terms: SpfTerm[]; redirect: string | null }

/** Says which term is none; the whole record then counts as an error (RFC 7208 4.6). */
export class SpfFault extends Error {}

export const isSpf = (text: string): boolean => /^v=spf1(?: |$)/i.test(text)

/** Terms behind `all` are never looked at (RFC 7208 5.1). @throws SpfFault. */
export function parseSpf(text: string): SpfRecord {
  const terms: SpfTerm[] = []
  let redirect: string | null = null
  for (const word of text.split(/ +/).slice(1).filter(Boolean)) {
    const [, name, value = ''] = /^([a-z][a-z0-9._-]*)=(.*)$/i.exec(word) ?? []
    if (name === undefined) terms.push(parseTerm(word))
    else if (name.toLowerCase() === 'redirect') {
      if (redirect !== null || value === '') throw new SpfFault(`${word} cannot stand there`)
      redirect = value
    }
  }
  const last = terms.findIndex(({ kind }) => kind === 'all')
  return last < 0 ? { terms, redirect } : { terms: terms.slice(0, last + 1), redirect: null }
}

function parseTerm(word: string): SpfTerm {
  const [, sign, name = '', rest = ''] = /^([+?~-])?([a-z0-9]+)([:/].*)?$/i.exec(word) ?? []
  const qualifier = (sign ?? '+') as Qualifier
  const kind = name.toLowerCase()
  const value = rest.startsWith(':') ? rest.slice(1) : ''
  switch (kind) {
    case 'all':
      if (rest === '') return { qualifier, kind }
      break
    case 'include':
      if (value !== '') return { qualifier, kind, domain: value }
      break
    case 'exists':
      if (value !== '') return { qualifier, kind }
      break
    case 'ptr':
      return { qualifier, kind }
    case 'ip4':
    case 'ip6': {
      const network = parseNetwork(value)
      const family = isIP(value.split('/')[0] ?? '')
      if (network && `ip${family}` === kind) return { qualifier, kind: 'network', network }
      break
    }
    case 'a':
    case 'mx': {
      const [, domain, four = '32', six = '128'] =
        /^(?::([^/\s]+))?(?:\/(\d{1,2}))?(?:\/\/(\d{1,3}))?$/.exec(rest) ?? []
      const fits = /^(?::[^/\s]+)?(?:\/\d{1,2})?(?:\/\/\d{1,3})?$/.test(rest)
      if (fits && Number(four) <= 32 && Number(six) <= 128) {
        return { qualifier, kind, domain: domain ?? null, bits4: Number(four), bits6: Number(six) }
      }
      break
    }
  }
  throw new SpfFault(`"${word}" is no term of SPF`)
}
