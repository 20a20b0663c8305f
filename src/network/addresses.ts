/** Which IP addresses are the world's, which are our own network's, and which networks an operator has named. */
import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** An address and how many of its first bits count. */
export type Network = [Address, number]

/** Where everything that is given out to the public of IPv6 lies (RFC 4291, 2.4). */
const world = ipaddr.IPv6.parseCIDR('2000::/3')

/** What looks public and is not: Azure's service of the machine itself, and what ISATAP carries within (RFC 5214). */
const azureItself = '168.63.129.16'
const isatap = /^(?:[\da-f]+:){4}(?:0|200):5efe:/

/** In whatever spelling; one of IPv4 that is mapped into IPv6 is the one of IPv4. Null for what is no address. */
function parse(text: string): Address | null {
  const bare = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  if (!bare.includes(':')) return ipaddr.IPv4.isValidFourPartDecimal(bare) ? ipaddr.IPv4.parse(bare) : null
  return ipaddr.IPv6.isValid(bare) ? ipaddr.process(bare) : null
}

/**
 * True for an address of the public internet alone. Private and special ranges are not (RFC 6890), nor what may carry
 * another address within: 6to4, Teredo, NAT64 and the like.
 */
export function isPublicAddress(text: string): boolean {
  const address = parse(text)
  if (!address || address.range() !== 'unicast') return false
  if (!(address instanceof ipaddr.IPv6)) return address.toString() !== azureItself
  return address.match(world) && !isatap.test(address.toNormalizedString())
}

const ownRanges = new Set(['loopback', 'private', 'uniqueLocal'])

/** True for loopback and for addresses that are given out within an organisation (RFC 1918, RFC 4193). */
export function isOwnAddress(text: string): boolean {
  const range = parse(text)?.range()
  return range !== undefined && ownRanges.has(range)
}

export function isLoopbackAddress(text: string): boolean {
  return parse(text)?.range() === 'loopback'
}

/** `10.0.0.0/8`, or a single address. Null for anything else. */
export function parseNetwork(text: string): Network | null {
  const [start = '', bits, ...rest] = text.trim().split('/')
  const address = parse(start)
  if (!address || rest.length > 0) return null
  const most = address.toByteArray().length * 8
  if (bits === undefined) return [address, most]
  return /^\d{1,3}$/.test(bits) && Number(bits) <= most ? [address, Number(bits)] : null
}

export function isWithin(text: string, networks: readonly Network[]): boolean {
  const address = parse(text)
  return networks.some(([start, bits]) => address?.kind() === start.kind() && address.match(start, bits))
}
