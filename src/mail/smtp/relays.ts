/** Several relays as one mailer: shares by weight, and the next one where one cannot be reached. */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseRelayUrl } from '../../config/relay-url.js'
import type { Log } from '../../log.js'
import type { EquippedRelay } from './equip.js'
import type { Attempted, Envelope, Mailer, Handling } from '../mailer/mailer.js'
import { Relay } from './relay.js'
import { type BookTurns, bookAlone, isWanted } from '../mailer/send-slots.js'

const closingMs = 5_000

/**
 * No connection is made before the first message.
 * @param given URLs as `parseRelayUrl` reads them, or relays that have been equipped.
 * @param bookTurns where turns of relays with a rate are booked; a book shared by processes bounds them together.
 */
export function openRelays(
  given: (string | EquippedRelay)[],
  log: Log,
  bookTurns: BookTurns = bookAlone(),
): Mailer {
  const settings = given.map((relay) => (typeof relay === 'string' ? parseRelayUrl(relay) : relay))
  const relays = settings.map((relay) => new Relay(relay, log, bookTurns))
  const shares = new Shares(relays)

  const unreachable: Attempted = { outcome: 'unreached', relay: null, fault: 'no relay can be reached' }

  /** Only a message that no relay took note of goes to another; `last` is what the ones tried had to say. */
  async function send(
    envelope: Envelope,
    message: Buffer[],
    handling: Handling = {},
    tried: Relay[] = [],
    last = unreachable,
  ): Promise<Attempted> {
    const relay = tried.length > 0 && !isWanted(handling) ? undefined : shares.next(tried)
    if (!relay) return last
    const attempted = await relay.send(envelope, message, followedOver(relay, handling))
    if (attempted.outcome !== 'unreached') return attempted
    return send(envelope, message, handling, [...tried, relay], attempted)
  }

  /** Who follows stays with the relay as long as it is the only one in use; where several share, each has its turn. */
  function followedOver(relay: Relay, { next, ...handling }: Handling): Handling {
    if (!next) return handling
    const followers = async () => {
      const follower = inUse(relays).length === 1 ? await next() : null
      if (!follower) return null
      const { envelope, message, handling: its, done } = follower
      const orElsewhere = async (attempted: Attempted) =>
        done(
          attempted.outcome === 'unreached'
            ? await send(envelope, message, its, [relay], attempted)
            : attempted,
        )
      return {
        ...follower,
        handling: followedOver(relay, its),
        done: (attempted: Attempted) => void orElsewhere(attempted),
      }
    }
    return { ...handling, next: followers }
  }

  return {
    send: (envelope, message, handling) => send(envelope, message, handling),
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
