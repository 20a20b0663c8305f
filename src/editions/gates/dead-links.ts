/** Finds links of an edition that lead nowhere, asking nobody but public hosts. */
import { callOut } from '../../network/call-out.js'
import { CallFault } from '../../network/exchange.js'
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
export const probeLink: Probe = async (given) => {
  const url = URL.canParse(given) ? new URL(given) : null
  if (url?.protocol !== 'https:' || url.port !== '') return false
  try {
    const { status } = await callOut(given, { method: 'HEAD', allow: [], timeoutMs, mostBytes: 0 })
    return gone.has(status)
  } catch (error) {
    if (error instanceof CallFault) return false
    throw error
  }
}
