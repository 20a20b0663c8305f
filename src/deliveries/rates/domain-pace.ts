/** How many messages a second each recipient domain has been getting from this process. */
import type { Settlement } from '../settle/settlement.js'

const windowMs = 10_000

export class DomainPace {
  #counts = new Map<string, number>()
  #before = new Map<string, number>()
  #since = performance.now()

  watch(settled: Settlement[]): void {
    if (performance.now() - this.#since > windowMs) {
      this.#before = this.#counts
      this.#counts = new Map()
      this.#since = performance.now()
    }
    for (const { delivery } of settled) {
      this.#counts.set(delivery.domain, (this.#counts.get(delivery.domain) ?? 0) + 1)
    }
  }

  /** Messages a second, at least one. */
  of(domain: string): number {
    const elapsed = performance.now() - this.#since
    const count = this.#counts.get(domain) ?? 0
    const now = count / Math.max(1, elapsed / 1_000)
    const both = (count + (this.#before.get(domain) ?? 0)) / ((windowMs + elapsed) / 1_000)
    return Math.max(1, now, both)
  }
}
