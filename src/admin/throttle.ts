/** Slows down whoever guesses: after so many failures from one place, nothing is tried for a while. */
import type { Clock } from '../clock.js'
import { Problem } from '../errors.js'

type Failures = { count: number; until: number }

export type ThrottleOptions = { failures: number; windowSeconds: number }

// Bounds the memory that somebody with many addresses can take.
const mostPlaces = 10_000

/** Counts failures per place in this process, within a window that each failure begins anew. */
export class Throttle {
  readonly #clock: Clock
  readonly #options: ThrottleOptions
  readonly #places = new Map<string, Failures>()

  constructor(clock: Clock, options: ThrottleOptions) {
    this.#clock = clock
    this.#options = options
  }

  /** @throws Problem `too-many-requests` while the place has to wait. */
  requireOpen(place: string): void {
    const found = this.#places.get(place)
    const left = (found?.until ?? 0) - this.#clock.now().getTime()
    if (!found || found.count < this.#options.failures || left <= 0) return
    const retryAfter = Math.ceil(left / 1000)
    throw new Problem('too-many-requests', 'Too many failed tries. Wait, then try again.', { retryAfter })
  }

  fail(place: string): void {
    const now = this.#clock.now().getTime()
    const found = this.#places.get(place)
    const count = found && found.until > now ? found.count + 1 : 1
    this.#places.delete(place)
    this.#places.set(place, { count, until: now + this.#options.windowSeconds * 1000 })
    if (this.#places.size <= mostPlaces) return
    const [oldest] = this.#places.keys()
    if (oldest !== undefined) this.#places.delete(oldest)
  }
}
