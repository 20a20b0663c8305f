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
}

/** Large providers send reports from many machines of one network. */
const connectionsAtOnce = 20
const mailsAMinute = 600
/** More networks than this at once are no ordinary day: the quietest are forgotten. */
const networksKept = 10_000

/** Our own networks are not counted: behind a mail server all mail comes from one address. */
export function openPeerLimits(clock: Clock): PeerLimits {
  const open = new Map<string, string>()
  const mails = new Map<string, { left: number; at: number }>()
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
      if (isOwnAddress(ip)) return true
      const network = networkOf(ip)
      const now = clock.now().getTime()
      const before = mails.get(network) ?? { left: mailsAMinute, at: now }
      const left = Math.min(mailsAMinute, before.left + ((now - before.at) * mailsAMinute) / 60_000)
      // Anew at the end, so that the first is the one that was heard of least.
      mails.delete(network)
      mails.set(network, { left: left < 1 ? left : left - 1, at: now })
      if (mails.size > networksKept) mails.delete(mails.keys().next().value ?? '')
      return left >= 1
    },
  }
}
