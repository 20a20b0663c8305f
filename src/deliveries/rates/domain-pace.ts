/** How many messages a second each recipient domain has been getting from this process. */
import type { Settlement } from '../settle/settlement.js'

export type DomainPace = {
  watch: (settled: Settlement[]) => void
  /** Messages a second, at least one. */
  of(domain: string): number
}

const windowMs = 10_000

export function openDomainPace(): DomainPace {
  let counts = new Map<string, number>()
  let before = new Map<string, number>()
  let since = performance.now()
  return {
    watch: (settled) => {
      if (performance.now() - since > windowMs) {
        before = counts
        counts = new Map()
        since = performance.now()
      }
      for (const { delivery } of settled) {
        counts.set(delivery.domain, (counts.get(delivery.domain) ?? 0) + 1)
      }
    },
    of: (domain) => {
      const seconds = (windowMs + performance.now() - since) / 1_000
      const now = (counts.get(domain) ?? 0) / Math.max(1, (performance.now() - since) / 1_000)
      const both = ((counts.get(domain) ?? 0) + (before.get(domain) ?? 0)) / seconds
      return Math.max(1, now, both)
    },
  }
}
