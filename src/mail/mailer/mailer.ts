/** What sends finished messages: relays, or the outbox. */
import type { Haste } from './haste.js'

/** Bare addresses, as MAIL FROM and RCPT TO name them. */
export type Envelope = { from: string; to: string }

/** How one try ended. */
export type Attempted =
  /** The relay said 250 after the body. */
  | { outcome: 'accepted'; relay: string; code: number; reply: string; durationMs: number }
  /** The relay answered 4yz or 5yz, at whatever stage. */
  | {
      outcome: 'refused'
      relay: string
      code: number
      /** RFC 3463, such as `5.1.1`; null when the reply has none. */
      enhanced: string | null
      reply: string
      /** Whether it answered MAIL. */
      ofSender?: boolean
      durationMs: number
    }
  /** No relay took note of this message, or it was stopped before: no harm to its row, try again when one can be reached. */
  | { outcome: 'unreached'; relay: string | null; fault: string }
  /** The connection was lost after the whole body was written and before the reply. */
  | { outcome: 'in_doubt'; relay: string; fault: string; durationMs: number }

export type RelayHealth = {
  /** Host and port, never the login. */
  name: string
  state: 'up' | 'down'
  fault: string | null
  connections: number
  /** Whether it offers SMTPUTF8 (RFC 6531), by its last EHLO; null before the first. */
  smtpUtf8: boolean | null
}

/** How a message is to be sent. */
export type Handling = Haste & {
  /**
   * Asked, at most once, for the message after this one: it is announced together with this one's end, which saves
   * a round trip. Not asked where another waits for the connection, relays share or turns are booked. Never rejects.
   */
  next?: () => Promise<Follower | null>
}

/** A message that goes over the same connection as the one before it, and who hears how it fared. */
export type Follower = {
  envelope: Envelope
  message: Buffer[]
  handling: Handling
  done: (attempted: Attempted) => void
}

export interface Mailer {
  /** Sends one finished message (CRLF line ends, not dot-stuffed). Never throws. */
  send(envelope: Envelope, message: Buffer[], handling?: Handling): Promise<Attempted>
  /** How many sends may run at once now; 0 while no relay can be reached. */
  capacity(): number
  health(): RelayHealth[]
  /** Asks each relay that was not heard of yet what it offers, for `health` to tell. Never throws. */
  greet(): Promise<void>
  close(): Promise<void>
}
