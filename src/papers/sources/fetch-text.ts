/** One HTTP GET of a source: a body of limited size within a limited time, or a SourceError. */
import { messageOf } from '../../errors.js'
import { SourceError } from '../source.js'

export type FetchLimits = {
  timeoutMs: number
  mostBytes: number
  accept: string
  /** Aborted when the process is to stop: the request ends with it, and is no fault of the source. */
  stopped?: AbortSignal | undefined
}

/**
 * @returns the body as text, of an answer with status 200.
 * @throws SourceError for everything else, or the reason of `stopped`.
 */
export async function fetchText(url: string, limits: FetchLimits): Promise<string> {
  const timeout = AbortSignal.timeout(limits.timeoutMs)
  const { stopped } = limits
  const signal = stopped ? AbortSignal.any([timeout, stopped]) : timeout
  try {
    const response = await fetch(url, {
      signal,
      headers: { accept: limits.accept, 'user-agent': 'daily-papers (self-hosted newsletter)' },
    })
    if (response.status !== 200) {
      // An unread body would hold its connection.
      await response.body?.cancel()
      throw statusError(response)
    }
    return await readCapped(response, limits.mostBytes)
  } catch (error) {
    stopped?.throwIfAborted()
    if (error instanceof SourceError) throw error
    if (signal.aborted) {
      throw new SourceError('timed-out', `no full answer within ${limits.timeoutMs / 1000} s`, {
        cause: error,
      })
    }
    throw new SourceError('unreachable', reasonOf(error), { cause: error })
  }
}

async function readCapped(response: Response, mostBytes: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  if (!response.body) return ''
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    size += chunk.length
    // Leaving the loop cancels the stream, so that the rest is never downloaded.
    if (size > mostBytes) throw new SourceError('too-large', `the answer is larger than ${mostBytes} bytes`)
    chunks.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}

function statusError(response: Response): SourceError {
  const retryAfter = waitAsked(response.headers)
  if (response.status === 429) {
    return new SourceError('too-many-requests', 'status 429: too many requests', { retryAfter })
  }
  const fault = response.status >= 500 || response.status === 408 ? 'broken' : 'refused'
  return new SourceError(fault, `status ${response.status}`, { retryAfter })
}

/**
 * Seconds to wait, from `Retry-After` (RFC 9110, 10.2.3) or the Hub's `RateLimit: "api";r=0;t=120`, of which
 * t counts only once r, what is left of the quota, is used up.
 */
function waitAsked(headers: Headers): number | undefined {
  const after = headers.get('retry-after')?.trim()
  if (after && /^\d{1,6}$/.test(after)) return Number(after)
  if (after && !Number.isNaN(Date.parse(after))) {
    const sentAt = Date.parse(headers.get('date') ?? '')
    if (!Number.isNaN(sentAt)) return Math.max(0, Math.ceil((Date.parse(after) - sentAt) / 1000))
  }
  const quota = headers.get('ratelimit') ?? ''
  const wait = /(?:^|;)\s*t\s*=\s*(\d{1,6})/.exec(quota)?.[1]
  return wait && /(?:^|;)\s*r\s*=\s*0\b/.test(quota) ? Number(wait) : undefined
}

/** What lies under fetch's "fetch failed". */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
  return `${messageOf(cause)}${code}`
}
