/** How much one network may hand in at a time; who is told to come again does so, as queues do. */
import type { Clock } from '../../clock.js'
import { isOwnAddress } from '../../network/addresses.js'
import { networkOf } from '../../subscribers/door/limits.js'

/** Large providers send reports from many machines of one network. */
const connectionsAtOnce = 20
const mailsAMinute = 600
/** Of what is kept, for one network and for all: far more than comes back of a large edition. */
const bytesAMinute = { network: 4_000_000, all: 20_000_000 }
/** What comes at once may be so many times as much as that of a minute. */
const minutesAtOnce = 10
/** More networks than this at once are no ordinary day: the quietest are forgotten. */
const networksKept = 10_000

const everybody = ''

/**
 * Our own networks count towards the bytes of all alone: behind a mail server all mail comes from one address. What a
 * network is refused counts in nothing wider.
 */
export class PeerLimits {
  readonly #open = new Map<string, string>()
  readonly #mails: Buckets
  readonly #bytes: Buckets
  readonly #all: Buckets

  constructor(clock: Clock) {
    this.#mails = new Buckets(clock, mailsAMinute)
    this.#bytes = new Buckets(clock, bytesAMinute.network, minutesAtOnce)
    this.#all = new Buckets(clock, bytesAMinute.all, minutesAtOnce)
  }

  /** @returns whether one more connection is taken. */
  connect(session: string, ip: string): boolean {
    if (isOwnAddress(ip)) return true
    const network = networkOf(ip)
    const others = [...this.#open.values()].filter((one) => one === network).length
    if (others >= connectionsAtOnce) return false
    this.#open.set(session, network)
    return true
  }

  close(session: string): void {
    this.#open.delete(session)
  }

  /** @returns whether one more mail is taken. */
  mail(ip: string): boolean {
    if (isOwnAddress(ip)) return this.#all.left(everybody) > 0
    const network = networkOf(ip)
    if (this.#mails.left(network) < 1 || this.#bytes.left(network) <= 0) return false
    this.#mails.take(network, 1)
    return this.#all.left(everybody) > 0
  }

  /** So much of a mail is kept. */
  kept(ip: string, bytes: number): void {
    if (!isOwnAddress(ip)) this.#bytes.take(networkOf(ip), bytes)
    this.#all.take(everybody, bytes)
  }
}

/** Each is refilled with so much a minute, up to that of some minutes; a last mail may overdraw it. */
class Buckets {
  readonly #kept = new Map<string, { left: number; at: number }>()
  readonly #clock: Clock
  readonly #aMinute: number
  readonly #full: number

  constructor(clock: Clock, aMinute: number, minutes = 1) {
    this.#clock = clock
    this.#aMinute = aMinute
    this.#full = aMinute * minutes
  }

  left(key: string): number {
    const before = this.#kept.get(key)
    if (!before) return this.#full
    const passed = this.#clock.now().getTime() - before.at
    return Math.min(this.#full, before.left + (passed * this.#aMinute) / 60_000)
  }

  take(key: string, amount: number): void {
    const left = this.left(key) - amount
    // Anew at the end, so that the first is the one that was heard of least.
    this.#kept.delete(key)
    this.#kept.set(key, { left, at: this.#clock.now().getTime() })
    if (this.#kept.size > networksKept) this.#kept.delete(this.#kept.keys().next().value ?? '')
  }
}
