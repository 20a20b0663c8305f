/** How much one network may hand in at a time; who is told to come again does so, as queues do. */
import type { Clock } from '../../clock.js'
import { isOwnAddress } from '../../network/addresses.js'
import { networkOf } from '../../subscribers/door/limits.js'

export type PeerLimits = {
  /** @returns whether one more connection is taken. */
  connect(session: string, ip: string): boolean
  close(session: string): void
  /** @returns whether one more mail is taken. */
  mail(ip: string): boolean
  /** So much of a mail is kept. */
  kept(ip: string, bytes: number): void
}

/** Large providers send reports from many machines of one network. */
const connectionsAtOnce = 20
const mailsAMinute = 600
/** Of what is kept, for one network and for all: far more than comes back of a large edition. */
const bytesAMinute = { network: 4_000_000, all: 20_000_000 }
/** What comes at once may be so many times as much as that of a minute. */
const minutesAtOnce = 10
/** More networks than this at once are no ordinary day: the quietest are forgotten. */
const networksKept = 10_000

/**
 * Our own networks count towards the bytes of all alone: behind a mail server all mail comes from one address. What a
 * network is refused counts in nothing wider.
 */
export function openPeerLimits(clock: Clock): PeerLimits {
  const open = new Map<string, string>()
  const mails = openBuckets(clock, mailsAMinute)
  const bytes = openBuckets(clock, bytesAMinute.network, minutesAtOnce)
  const all = openBuckets(clock, bytesAMinute.all, minutesAtOnce)
  const everybody = ''
  return {
    connect: (session, ip) => {
      if (isOwnAddress(ip)) return true
      const network = networkOf(ip)
      const others = [...open.values()].filter((one) => one === network).length
      if (others >= connectionsAtOnce) return false
      open.set(session, network)
      return true
    },
    close: (session) => void open.delete(session),
    mail: (ip) => {
      if (isOwnAddress(ip)) return all.left(everybody) > 0
      const network = networkOf(ip)
      if (mails.left(network) < 1 || bytes.left(network) <= 0) return false
      mails.take(network, 1)
      return all.left(everybody) > 0
    },
    kept: (ip, size) => {
      if (!isOwnAddress(ip)) bytes.take(networkOf(ip), size)
      all.take(everybody, size)
    },
  }
}

type Buckets = { left(key: string): number; take(key: string, amount: number): void }

/** Each is refilled with so much a minute, up to that of some minutes; a last mail may overdraw it. */
function openBuckets(clock: Clock, aMinute: number, minutes = 1): Buckets {
  const kept = new Map<string, { left: number; at: number }>()
  const full = aMinute * minutes
  const left = (key: string, now: number) => {
    const before = kept.get(key)
    return before ? Math.min(full, before.left + ((now - before.at) * aMinute) / 60_000) : full
  }
  return {
    left: (key) => left(key, clock.now().getTime()),
    take: (key, amount) => {
      const at = clock.now().getTime()
      const rest = left(key, at) - amount
      // Anew at the end, so that the first is the one that was heard of least.
      kept.delete(key)
      kept.set(key, { left: rest, at })
      if (kept.size > networksKept) kept.delete(kept.keys().next().value ?? '')
    },
  }
}
