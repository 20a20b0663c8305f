/** Fetches a picture from a host that is allowed, within bounds, over redirects that stay among such hosts. */
import { type OutgoingCall, callForBytes } from '../../network/call-out.js'
import { CallFault } from '../../network/exchange.js'
import { networksFor } from './hosts.js'

export type FetchBounds = { timeoutMs: number; mostBytes: number }
const usualFetch: FetchBounds = { timeoutMs: 10_000, mostBytes: 8_000_000 }

const mostRedirects = 3

/** Why there is no picture, in words without the URL; `passing` where it may be there a little later. */
export class NoPicture extends Error {
  override readonly name = 'NoPicture'
  readonly passing: boolean
  constructor(message: string, passing: boolean, cause?: unknown) {
    super(message, { cause })
    this.passing = passing
  }
}

type Fetching = {
  /** `PAPERS_API_URL`. */
  sourceUrl: string
  bounds?: FetchBounds
  stopped?: AbortSignal | undefined
  resolve?: OutgoingCall['resolve']
}

/** @throws NoPicture for whatever is not an answer with status 200, or the reason of `stopped`. */
export async function fetchPicture(given: string, fetching: Fetching): Promise<Buffer> {
  let url = given
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const { status, bytes, location } = await ask(url, fetching)
    if (status === 200) return bytes
    if (status < 300 || status >= 400 || location === null) {
      throw new NoPicture(
        `${hostOf(url)}: status ${status}`,
        status >= 500 || status === 429 || status === 408,
      )
    }
    if (!URL.canParse(location, url)) throw new NoPicture(`${hostOf(url)}: a redirect to no URL`, false)
    url = new URL(location, url).href
  }
  throw new NoPicture(`${hostOf(given)}: more than ${mostRedirects} redirects`, false)
}

async function ask(url: string, { sourceUrl, bounds = usualFetch, stopped, resolve }: Fetching) {
  const allow = networksFor(url, sourceUrl)
  if (!allow) throw new NoPicture(`${hostOf(url)} is none of the hosts that pictures come from`, false)
  try {
    return await callForBytes(url, {
      method: 'GET',
      headers: { accept: 'image/*', 'user-agent': 'daily-papers (self-hosted newsletter)' },
      allow,
      ...bounds,
      stopped,
      ...(resolve && { resolve }),
    })
  } catch (error) {
    stopped?.throwIfAborted()
    if (!(error instanceof CallFault)) throw error
    // What was refused or too large stays so; no answer may be one tomorrow.
    throw new NoPicture(error.message, error.cause !== undefined, error)
  }
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'no URL')
