/** An SPF record with all that it leads to, looked up; what it says of an address is then asked without DNS. */
import { isIP } from 'node:net'
import { type Network, parseNetwork } from '../../network/addresses.js'
import { addressesOf, inAscii, lookUp, type DomainDns, textsOf } from './facts.js'
import { isSpf, parseSpf, type Qualifier, SpfFault, type SpfTerm } from './spf-record.js'

/** `unknown`: it hangs on the mail or on the connection (macros, exists, ptr). */
type Place =
  | { kind: 'all' | 'unknown' }
  | { kind: 'networks'; networks: Network[] }
  | { kind: 'include'; tree: SpfTree }

export type SpfTree = {
  record: string
  places: ({ qualifier: Qualifier } & Place)[]
  redirect: SpfTree | null
}

/** RFC 7208 4.6.4: at most ten terms that ask DNS, and two of them without an answer. */
export type LookUps = { count: number; void: number }

const most = { lookUps: 10, voids: 2, hosts: 10 }
/** Where counting ends: a record that leads on and on is followed no further. */
const enough = 30

/** @throws SpfFault for a record that receivers take for an error, or what DNS throws. */
export async function growSpf(domain: string, record: string, dns: DomainDns): Promise<[SpfTree, LookUps]> {
  const lookUps = { count: 0, void: 0 }
  const tree = await grow(domain, record, { dns, lookUps, way: [domain] })
  if (lookUps.count > most.lookUps) {
    throw new SpfFault(`it takes ${lookUps.count} look-ups, and ${most.lookUps} are allowed`)
  }
  if (lookUps.void > most.voids) {
    throw new SpfFault(`${lookUps.void} of its look-ups find nothing, and ${most.voids} may`)
  }
  return [tree, lookUps]
}

type Growing = { dns: DomainDns; lookUps: LookUps; way: string[] }

async function grow(domain: string, record: string, growing: Growing): Promise<SpfTree> {
  const { terms, redirect } = parseSpf(record)
  const places: SpfTree['places'] = []
  for (const term of terms)
    places.push({ qualifier: term.qualifier, ...(await placeOf(term, domain, growing)) })
  return { record, places, redirect: redirect === null ? null : await follow(redirect, 'redirect=', growing) }
}

async function placeOf(term: SpfTerm, domain: string, growing: Growing): Promise<Place> {
  if (term.kind === 'all') return { kind: 'all' }
  if (term.kind === 'network') return { kind: 'networks', networks: [term.network] }
  if (term.kind === 'include') {
    const tree = await follow(term.domain, 'include:', growing)
    return tree ? { kind: 'include', tree } : { kind: 'unknown' }
  }
  growing.lookUps.count += 1
  if (term.kind !== 'a' && term.kind !== 'mx') return { kind: 'unknown' }
  const name = inAscii(term.domain ?? domain)
  if (name.includes('%') || growing.lookUps.count > enough) return { kind: 'unknown' }
  const addresses = await (term.kind === 'a' ? addressesOf(growing.dns, name) : ofMailHosts(name, growing))
  if (addresses.length === 0) growing.lookUps.void += 1
  const networks = addresses.map((each) =>
    parseNetwork(`${each}/${isIP(each) === 4 ? term.bits4 : term.bits6}`),
  )
  return { kind: 'networks', networks: networks.filter((network) => network !== null) }
}

async function ofMailHosts(name: string, { dns }: Growing): Promise<string[]> {
  const hosts = await lookUp(dns.resolveMx(name))
  if (hosts.length > most.hosts)
    throw new SpfFault(`${name} has ${hosts.length} mail hosts, and ${most.hosts} may be asked for`)
  return (await Promise.all(hosts.map(({ exchange }) => addressesOf(dns, exchange)))).flat()
}

/** The record of another domain; null when its name hangs on the mail. */
async function follow(target: string, word: string, growing: Growing): Promise<SpfTree | null> {
  const { dns, lookUps, way } = growing
  lookUps.count += 1
  if (target.includes('%') || lookUps.count > enough) return null
  const domain = inAscii(target)
  if (way.includes(domain)) throw new SpfFault(`${word}${target} leads back to where it came from`)
  const found = await textsOf(dns, domain)
  const [record, second] = found.filter(isSpf)
  if (found.length === 0) lookUps.void += 1
  if (record === undefined) throw new SpfFault(`${word}${target} has no SPF record`)
  if (second !== undefined) throw new SpfFault(`${word}${target} has more than one SPF record`)
  return grow(domain, record, { ...growing, way: [...way, domain] })
}
