/** Finds links of an edition that lead nowhere, asking nobody but public hosts. */
import { lookup } from 'node:dns/promises'
import { BlockList, isIP, isIPv6 } from 'node:net'
import type { ShownPaper } from '../edition.js'

/** Tells whether a link is known to lead nowhere; doubt counts as alive. */
export type Probe = (url: string) => Promise<boolean>

/** The links that strangers gave us: code and project pages. arXiv and our own pages are left out. */
export async function findDeadLinks(
  papers: Pick<ShownPaper, 'codeUrl' | 'projectUrl'>[],
  isDead: Probe,
): Promise<string[]> {
  const given = papers.flatMap(({ codeUrl, projectUrl }) => [codeUrl, projectUrl])
  const links = [...new Set(given)].filter((link) => link !== null)
  const dead = await Promise.all(links.map(isDead))
  return links.filter((_link, at) => dead[at])
}

const timeoutMs = 5000
const gone = new Set([404, 410])

/**
 * One HEAD without following: a redirect is a sign of life. Hosts that don't answer, or that a list of papers
 * has no business to point at, count as alive, since only a plain "gone" is worth holding an edition for.
 */
export const probeLink: Probe = async (url) => {
  try {
    if (!(await isPublic(new URL(url)))) return false
    const signal = AbortSignal.timeout(timeoutMs)
    const { status } = await fetch(url, { method: 'HEAD', redirect: 'manual', signal })
    return gone.has(status)
  } catch {
    return false
  }
}

const own = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  own.addSubnet(network, bits, 'ipv4')
}
// Of IPv6 only what is given out for the world is public, and no IPv4 within it.
const world = new BlockList()
world.addSubnet('2000::', 3, 'ipv6')

/** True when every address of the host is one of the public internet. */
export async function isPublic({ protocol, hostname, port }: URL): Promise<boolean> {
  if (protocol !== 'https:' || port !== '') return false
  const host = hostname.replace(/^\[|\]$/g, '')
  const addresses = isIP(host) ? [host] : (await lookup(host, { all: true })).map(({ address }) => address)
  return addresses.every((address) =>
    isIPv6(address) ? world.check(address, 'ipv6') : !own.check(address, 'ipv4'),
  )
}
