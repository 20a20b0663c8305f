/** How many rows to claim ahead: a fraction of a second's worth, and how long to wait while no relay can be reached. */
import { waitAfter } from '../../backoff.js'

/** Rows that live no longer than this die young, which costs the garbage collector nothing. */
const secondsAhead = 0.25
const most = 500
const waits = { firstMs: 500, longestMs: 15_000 }

export class Pace {
  readonly #slots: () => number
  readonly #cautious: boolean
  #since = performance.now()
  #sentSince = 0
  #perSecond = 0
  #failures = 0

  constructor(slots: () => number, cautious: boolean) {
    this.#slots = slots
    this.#cautious = cautious
  }

  /** How many rows to claim now, given how many are held; 0 while enough are. */
  wanted(held: number): number {
    if (this.#slots() === 0) return 0
    const target = this.#target()
    // Asking for a handful at a time would cost more than it brings.
    return held > target / 2 ? 0 : target - held
  }

  claimed(): void {
    const elapsed = performance.now() - this.#since
    if (elapsed < 200) return
    this.#perSecond = (this.#sentSince / elapsed) * 1_000
    this.#since = performance.now()
    this.#sentSince = 0
  }

  sent(): void {
    this.#sentSince += 1
    this.#failures = 0
  }

  /** Milliseconds to wait before the next claim; grows until a send comes through again. */
  unreached(): number {
    this.#failures += 1
    return waitAfter(this.#failures, waits)
  }

  #target(): number {
    const least = 2 * this.#slots()
    if (this.#cautious) return least
    return Math.min(most, Math.max(2 * least, Math.ceil(this.#perSecond * secondsAhead)))
  }
}
