/** Tries a request again while its fault may pass, waiting longer each time and as long as the source asks. */
import { setTimeout as wait } from 'node:timers/promises'
import { waitAfter } from '../../backoff.js'
import { SourceError } from '../source.js'

export type RetryOptions = {
  /** Tries in all. */
  tries: number
  /** The first pause, in milliseconds; it doubles each time. */
  pauseMs: number
  /** A source that asks for more than this is given up for now; the next look comes by itself. */
  mostPauseMs: number
  sleep: (ms: number) => Promise<unknown>
  /** From 0 up to 1: spreads the pauses, so that many clients don't come back at once. */
  random: () => number
}

/** Waits, and rejects as soon as the process is to stop. */
export const sleepUntil =
  (stopped: AbortSignal | undefined) =>
  (ms: number): Promise<unknown> =>
    wait(ms, undefined, { signal: stopped })

export const usualRetry: RetryOptions = {
  tries: 4,
  pauseMs: 1000,
  mostPauseMs: 60_000,
  sleep: sleepUntil(undefined),
  random: Math.random,
}

/** @throws SourceError of the last try, which says how many there were. */
export async function withRetry<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof SourceError)) throw error
      const pause = pauseAfter(error, tried, options)
      if (!error.passing || tried >= options.tries || pause > options.mostPauseMs) throw counted(error, tried)
      await options.sleep(pause)
    }
  }
}

function pauseAfter(error: SourceError, tried: number, options: RetryOptions): number {
  const backoff = { firstMs: options.pauseMs, longestMs: Number.POSITIVE_INFINITY, spread: [0.5, 1] } as const
  return Math.max(waitAfter(tried, backoff, options.random()), (error.retryAfter ?? 0) * 1000)
}

function counted(error: SourceError, tried: number): SourceError {
  if (tried === 1) return error
  return new SourceError(error.fault, `${error.message}, ${tried} tries`, {
    retryAfter: error.retryAfter,
    cause: error,
  })
}
