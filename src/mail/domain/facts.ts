/** What DNS knows of a domain that sends mail. */
import { domainToASCII } from 'node:url'
import { getDomain } from 'tldts'

/** What is asked of DNS; Node's own resolver has it. */
export type DomainDns = {
  resolveTxt(name: string): Promise<string[][]>
  resolve4(name: string): Promise<string[]>
  resolve6(name: string): Promise<string[]>
  resolveMx(name: string): Promise<{ exchange: string; priority: number }[]>
  reverse(address: string): Promise<string[]>
}

const absent = new Set(['ENOTFOUND', 'ENODATA'])

/** What a look-up found; nothing when there is no such name or record. @throws what the resolver throws else. */
export async function lookUp<T>(asked: Promise<T[]>): Promise<T[]> {
  try {
    return await asked
  } catch (error) {
    if (absent.has((error as NodeJS.ErrnoException).code ?? '')) return []
    throw error
  }
}

/** The TXT records of a name, each as one text. */
export const textsOf = async (dns: DomainDns, name: string): Promise<string[]> =>
  (await lookUp(dns.resolveTxt(name))).map((parts) => parts.join(''))

/** The addresses of a host, of both families. */
export async function addressesOf(dns: DomainDns, host: string): Promise<string[]> {
  const [four, six] = await Promise.all([lookUp(dns.resolve4(host)), lookUp(dns.resolve6(host))])
  return [...four, ...six]
}

/** As DNS has it: lower case, A-labels (RFC 5891), no dot at the end. */
export const inAscii = (domain: string): string =>
  (domainToASCII(domain) || domain).toLowerCase().replace(/\.$/, '')

/** The domain of an address, as DNS has it. */
export const domainOf = (address: string): string => inAscii(address.slice(address.lastIndexOf('@') + 1))

/** RFC 7489 3.2: the domain that somebody registered, one label below a public suffix. */
export const organisationOf = (domain: string): string =>
  getDomain(domain, { allowPrivateDomains: true }) ?? domain

/** RFC 7489 3.1: strict wants the same domain, relaxed (the default) the same organisation. */
export const isAligned = (one: string, other: string, mode: 'strict' | 'relaxed'): boolean =>
  mode === 'strict' ? one === other : organisationOf(one) === organisationOf(other)
