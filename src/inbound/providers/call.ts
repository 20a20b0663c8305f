/** A call of a provider as it came in, and what checking it may answer. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { isNestedDeeper } from '../../format/text/nesting.js'

export type Call = {
  /** Names in lower case. */
  headers: Record<string, string | undefined>
  /** Byte by byte as it came, since signatures are over bytes. */
  body: Buffer
  /** The last piece of the path or `?key=`, for providers that sign nothing. */
  secret?: string | undefined
}

/**
 * - `genuine`: from the provider. `once`, where there is one, must not have been seen before: keep it together with
 *   the events, so that a call that failed half-way may come again.
 * - `forged`: the signature or the secret is wrong, or missing.
 * - `stale`: rightly signed, and too old or from the future.
 */
export type Checked = { state: 'genuine'; once?: string } | { state: 'forged' } | { state: 'stale' }

export const forged: Checked = { state: 'forged' }

/** What a body may have in bytes; providers send far less. */
export const bodyBytes = 1024 * 1024
const deepest = 32

/** The JSON of a body; undefined when it is none, too long or nested too deep. */
export function jsonOf(body: Buffer): unknown {
  if (body.length > bodyBytes) return undefined
  const text = body.toString('utf8')
  if (isNestedDeeper(text, deepest)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** @param at - seconds since 1970, as a provider wrote it */
export function isFresh(
  at: string | undefined,
  now: Date,
  { old, early }: { old: number; early: number },
): boolean {
  if (at === undefined || !/^\d{1,12}(?:\.\d+)?$/.test(at)) return false
  const age = now.getTime() / 1_000 - Number(at)
  return age <= old && age >= -early
}

/** In the same time whatever is given, its length included. */
export function isSame(given: string | undefined, expected: string): boolean {
  const [one, other] = [given ?? '', expected].map((text) => createHash('sha256').update(text).digest())
  return given !== undefined && one !== undefined && other !== undefined && timingSafeEqual(one, other)
}
