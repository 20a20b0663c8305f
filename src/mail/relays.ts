/** Several relays as one mailer: shares by weight, and the next one where one cannot be reached. */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseRelayUrl } from '../config/relay-url.js'
import type { Log } from '../log.js'
import type { Attempted, Envelope, Mailer } from './mailer.js'
import { Relay } from './relay.js'
import { type BookTurns, bookAlone, type Haste } from './turns.js'

const closingMs = 5_000

/**
 * No connection is made before the first message.
 * @param urls as `parseRelayUrl` reads them.
 * @param bookTurns where turns of relays with a rate are booked; a book shared by processes bounds them together.
 */
export function openRelays(urls: string[], log: Log, bookTurns: BookTurns = bookAlone()): Mailer {
  const relays = urls.map((url) => new Relay(parseRelayUrl(url), log, bookTurns))
  const shares = new Shares(relays)

  /** Only a message that no relay took note of goes to another. */
  async function send(envelope: Envelope, message: Buffer[], haste: Haste = {}): Promise<Attempted> {
    const tried: Relay[] = []
    let last: Attempted = { outcome: 'unreached', relay: null, fault: 'no relay can be reached' }
    for (let relay = shares.next(tried); relay; relay = shares.next(tried)) {
      last = await relay.send(envelope, message, haste)
      if (last.outcome !== 'unreached' || haste.stop?.aborted) return last
      tried.push(relay)
    }
    return last
  }

  return {
    send,
    capacity: () => inUse(relays).reduce((sum, relay) => sum + relay.capacity(), 0),
    health: () => relays.map((relay) => relay.health()),
    greet: async () => {
      await Promise.all(relays.map((relay) => relay.greet()))
    },
    close: async () => {
      for (const relay of relays) relay.close()
      const until = performance.now() + closingMs
      while (relays.some((relay) => relay.busy > 0) && performance.now() < until) await sleep(10)
      for (const relay of relays) relay.destroy()
    },
  }
}

/** Those that are up; those of weight 0 only when no other is. */
function inUse(relays: Relay[]): Relay[] {
  const up = relays.filter((relay) => relay.capacity() > 0)
  const weighted = up.filter((relay) => relay.settings.weight > 0)
  return weighted.length > 0 ? weighted : up
}

/** Smooth weighted round robin: a share for each by its weight, never many to one in a row. */
class Shares {
  private readonly relays: Relay[]
  private readonly credit = new Map<Relay, number>()

  constructor(relays: Relay[]) {
    this.relays = relays
  }

  /** The relay whose turn it is, full ones only when all are; undefined when none is left. */
  next(tried: Relay[]): Relay | undefined {
    const candidates = inUse(this.relays.filter((relay) => !tried.includes(relay)))
    if (candidates.length < 2) return candidates[0]
    const free = candidates.filter((relay) => relay.busy < relay.capacity())
    const choice = free.length > 0 ? free : candidates
    let best = choice[0] as Relay
    for (const relay of choice) {
      this.credit.set(relay, this.creditOf(relay) + (relay.settings.weight || 1))
      if (this.creditOf(relay) > this.creditOf(best)) best = relay
    }
    const total = choice.reduce((sum, relay) => sum + (relay.settings.weight || 1), 0)
    this.credit.set(best, this.creditOf(best) - total)
    return best
  }

  private creditOf(relay: Relay): number {
    return this.credit.get(relay) ?? 0
  }
}
