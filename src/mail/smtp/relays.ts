/** Several relays as one mailer: shares by weight, and the next one where one cannot be reached. */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseRelayUrl } from '../../config/relay-url.js'
import type { Log } from '../../log.js'
import type { EquippedRelay } from './equip.js'
import type { Attempted, Envelope, Handling, Mailer, RelayHealth } from '../mailer/mailer.js'
import { Relay } from './relay.js'
import { type BookTurns, bookAlone } from '../mailer/send-slots.js'
import { isWanted } from '../mailer/haste.js'

const closingMs = 5_000

const unreachable: Attempted = { outcome: 'unreached', relay: null, fault: 'no relay can be reached' }

export class Relays implements Mailer {
  readonly #relays: Relay[]
  readonly #shares: Shares

  /**
   * No connection is made before the first message.
   * @param given URLs as `parseRelayUrl` reads them, or relays that have been equipped.
   * @param bookTurns where turns of relays with a rate are booked; a book shared by processes bounds them together.
   */
  constructor(given: (string | EquippedRelay)[], log: Log, bookTurns: BookTurns = bookAlone()) {
    const settings = given.map((relay) => (typeof relay === 'string' ? parseRelayUrl(relay) : relay))
    this.#relays = settings.map((relay) => new Relay(relay, log, bookTurns))
    this.#shares = new Shares(this.#relays)
  }

  send(envelope: Envelope, message: Buffer[], handling: Handling = {}): Promise<Attempted> {
    return this.#sendOver([], envelope, message, handling, unreachable)
  }

  capacity(): number {
    return inUse(this.#relays).reduce((sum, relay) => sum + relay.capacity(), 0)
  }

  health(): RelayHealth[] {
    return this.#relays.map((relay) => relay.health())
  }

  async greet(): Promise<void> {
    await Promise.all(this.#relays.map((relay) => relay.greet()))
  }

  async close(): Promise<void> {
    for (const relay of this.#relays) relay.close()
    const until = performance.now() + closingMs
    while (this.#relays.some((relay) => relay.busy > 0) && performance.now() < until) await sleep(10)
    for (const relay of this.#relays) relay.destroy()
  }

  /** Only a message that no relay took note of goes to another; `last` is what the ones tried had to say. */
  async #sendOver(
    tried: Relay[],
    envelope: Envelope,
    message: Buffer[],
    handling: Handling,
    last: Attempted,
  ): Promise<Attempted> {
    const relay = tried.length > 0 && !isWanted(handling) ? undefined : this.#shares.next(tried)
    if (!relay) return last
    const attempted = await relay.send(envelope, message, this.#followedOver(relay, handling))
    if (attempted.outcome !== 'unreached') return attempted
    return this.#sendOver([...tried, relay], envelope, message, handling, attempted)
  }

  /** Who follows stays with the relay as long as it is the only one in use; where several share, each has its turn. */
  #followedOver(relay: Relay, { next, ...handling }: Handling): Handling {
    if (!next) return handling
    const followers = async () => {
      const follower = inUse(this.#relays).length === 1 ? await next() : null
      if (!follower) return null
      const { envelope, message, handling: its, done } = follower
      const orElsewhere = async (attempted: Attempted) =>
        done(
          attempted.outcome === 'unreached'
            ? await this.#sendOver([relay], envelope, message, its, attempted)
            : attempted,
        )
      return {
        ...follower,
        handling: this.#followedOver(relay, its),
        done: (attempted: Attempted) => void orElsewhere(attempted),
      }
    }
    return { ...handling, next: followers }
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
  readonly #relays: Relay[]
  readonly #credit = new Map<Relay, number>()

  constructor(relays: Relay[]) {
    this.#relays = relays
  }

  /** The relay whose turn it is, full ones only when all are; undefined when none is left. */
  next(tried: Relay[]): Relay | undefined {
    const candidates = inUse(this.#relays.filter((relay) => !tried.includes(relay)))
    if (candidates.length < 2) return candidates[0]
    const free = candidates.filter((relay) => relay.busy < relay.capacity())
    const choice = free.length > 0 ? free : candidates
    let best = choice[0] as Relay
    for (const relay of choice) {
      this.#credit.set(relay, this.#creditOf(relay) + (relay.settings.weight || 1))
      if (this.#creditOf(relay) > this.#creditOf(best)) best = relay
    }
    const total = choice.reduce((sum, relay) => sum + (relay.settings.weight || 1), 0)
    this.#credit.set(best, this.#creditOf(best) - total)
    return best
  }

  #creditOf(relay: Relay): number {
    return this.#credit.get(relay) ?? 0
  }
}
