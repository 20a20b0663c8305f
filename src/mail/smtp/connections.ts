/** The connections of one relay, and a circuit breaker over them that closes again by itself. */
import { waitAfter } from '../../backoff.js'
import type { EquippedRelay } from './equip.js'
import type { Log } from '../../log.js'
import { faultOf, openSession, type Session } from './session.js'
import { Stops } from '../mailer/abort-listeners.js'

/** So many messages lost on the way, one after another, take a relay out of use. */
const faultsToOpen = 5
const probes = { firstMs: 250, longestMs: 30_000, spread: [0.75, 1.25] } as const
/** After a relay has refused a further connection, none is added for so long. */
const growAfterMs = 10_000
/** Some relays drop what comes behind a final dot, against RFC 2920: nothing is said there for so long. */
const unheardMs = 3_600_000

export class Connections {
  /** Why the relay is out of use; null while it is up. */
  fault: string | null = null
  /** What the relay said of SMTPUTF8 last; null before it was reached. */
  smtpUtf8: boolean | null = null
  readonly #settings: EquippedRelay
  readonly #log: Log
  readonly #idle: Session[] = []
  readonly #sessions = new Set<Session>()
  #opening = 0
  /** How many may be open now; less than configured after trouble. */
  #limit: number
  #growAt = 0
  #announceAt = 0
  #faults = 0
  /** How often it was out of reach in a row. */
  #downs = 0
  #probe: NodeJS.Timeout | undefined
  #waiting: (() => void)[] = []
  readonly #stops = new Stops(() => this.#wakeAll())
  #closed = false

  constructor(settings: EquippedRelay, log: Log) {
    this.#settings = settings
    this.#log = log
    this.#limit = settings.connections
  }

  get count(): number {
    return this.#sessions.size
  }

  capacity(): number {
    return this.fault === null && !this.#closed ? this.#limit : 0
  }

  /**
   * A connection for one message; give it back with `release`.
   * @throws Error when the relay is down, or on `stop` before there was one.
   */
  async acquire(stop?: AbortSignal): Promise<Session> {
    for (;;) {
      if (stop?.aborted) throw new Error('stopped')
      if (this.#closed) throw new Error('the mailer is closed')
      if (this.fault !== null) throw new Error(this.fault)
      const session = this.#idle.pop() ?? (await this.#openOrWait(stop))
      if (session?.alive()) return session
    }
  }

  release(session: Session): void {
    if (!session.alive() || this.#spent(session)) session.close()
    else this.#idle.push(session)
    this.#wakeOne()
  }

  /** Whether its holder may keep it for one message more; not while another waits for a connection. */
  mayKeep(session: Session): boolean {
    return this.fault === null && this.#waiting.length === 0 && !this.#spent(session)
  }

  /** The relay answered a message: whatever was wrong is over. */
  noteAnswer(): void {
    this.#faults = 0
    this.#downs = 0
    if (this.#limit >= this.#settings.connections || performance.now() < this.#growAt) return
    this.#limit = Math.min(this.#settings.connections, this.#limit * 2)
    this.#wakeAll()
  }

  /** A message was lost on the way. */
  noteLoss(fault: string): void {
    this.#faults += 1
    if (this.#faults >= faultsToOpen) this.#goDown(fault)
  }

  /** Whether a message may be announced behind the final dot of the one before. */
  mayAnnounce(): boolean {
    return performance.now() >= this.#announceAt
  }

  /** What was announced went unanswered. */
  noteUnheard(): void {
    this.#announceAt = performance.now() + unheardMs
  }

  /** Connections that stood idle may be as dead as the one just found so. */
  dropIdle(): void {
    for (const session of this.#idle.splice(0)) session.close()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#probe)
    this.dropIdle()
    this.#wakeAll()
  }

  /** Also those with a message under way. */
  destroy(): void {
    for (const session of this.#sessions) session.close()
  }

  #spent(session: Session): boolean {
    return this.#closed || session.served >= this.#settings.messages || this.#sessions.size > this.#limit
  }

  async #openOrWait(stop: AbortSignal | undefined): Promise<Session | undefined> {
    if (this.#sessions.size + this.#opening < this.#limit) return this.#tryOpen()
    this.#stops.hear(stop)
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
    return undefined
  }

  async #tryOpen(): Promise<Session | undefined> {
    try {
      return await this.#open()
    } catch (error) {
      const others = this.#sessions.size + this.#opening
      if (others === 0) this.#goDown(faultOf(error))
      // The relay takes no more at once than it has: make do with those.
      this.#limit = Math.max(1, others)
      this.#growAt = performance.now() + growAfterMs
      return undefined
    }
  }

  async #open(): Promise<Session> {
    this.#opening += 1
    try {
      const session = await openSession(this.#settings)
      this.smtpUtf8 = session.offers('SMTPUTF8')
      this.#sessions.add(session)
      session.onClose(() => this.#forget(session))
      return session
    } finally {
      this.#opening -= 1
    }
  }

  #forget(session: Session): void {
    this.#sessions.delete(session)
    const at = this.#idle.indexOf(session)
    if (at >= 0) this.#idle.splice(at, 1)
    this.#wakeOne()
  }

  #goDown(fault: string): void {
    if (this.fault === null) {
      this.#log.warn({ relay: this.#settings.name, fault }, 'a relay is out of use')
    }
    this.fault = fault
    this.dropIdle()
    this.#wakeAll()
    if (this.#closed) return
    clearTimeout(this.#probe)
    this.#downs += 1
    this.#probe = setTimeout(() => void this.#tryAgain(), waitAfter(this.#downs, probes))
    this.#probe.unref()
  }

  /** One connection, and one message at a time until the relay has answered one. */
  async #tryAgain(): Promise<void> {
    try {
      const session = await this.#open()
      this.#log.info({ relay: this.#settings.name }, 'a relay is in use again')
      this.fault = null
      this.#limit = 1
      this.#growAt = 0
      this.#faults = faultsToOpen - 1
      this.release(session)
    } catch (error) {
      this.#goDown(faultOf(error))
    }
  }

  #wakeOne(): void {
    this.#waiting.shift()?.()
  }

  #wakeAll(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }
}
