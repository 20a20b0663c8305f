/** One relay: a message goes over one of its connections, at its pace, and the answer is named. */
import type { EquippedRelay } from './equip.js'
import type { Log } from '../../log.js'
import { Connections } from './connections.js'
import { checkedAddress } from '../message/headers.js'
import type { Attempted, Envelope, Follower, RelayHealth, Handling } from '../mailer/mailer.js'
import { enhancedCode } from '../mailer/outcome.js'
import type { Reply } from './reply.js'
import type { Fate, Session } from './session.js'
import { type BookTurns, Turns } from '../mailer/send-slots.js'
import { type Haste, isWanted } from '../mailer/haste.js'

/** How often a message is offered anew because a connection had died unnoticed. */
const staleTries = 3

export class Relay {
  readonly settings: EquippedRelay
  /** Sends that run or wait. */
  busy = 0
  readonly #connections: Connections
  /** Null where messages are not counted by the second. */
  readonly #turns: Turns | null

  constructor(settings: EquippedRelay, log: Log, bookTurns: BookTurns) {
    this.settings = settings
    this.#connections = new Connections(settings, log)
    this.#turns = settings.rate === null ? null : new Turns(settings.name, settings.rate, bookTurns)
  }

  capacity(): number {
    return this.#connections.capacity()
  }

  health(): RelayHealth {
    const { fault, count, smtpUtf8 } = this.#connections
    return {
      name: this.settings.name,
      state: fault === null ? 'up' : 'down',
      fault,
      connections: count,
      smtpUtf8,
    }
  }

  /** Opens a connection unless there has been one, so that what the relay offers is known. */
  async greet(): Promise<void> {
    if (this.#connections.smtpUtf8 !== null) return
    try {
      this.#connections.release(await this.#connections.acquire())
    } catch {
      // It is down, tries again by itself, and says so in its health.
    }
  }

  /** Never throws. */
  send(envelope: Envelope, message: Buffer[], handling: Handling): Promise<Attempted> {
    return new Promise((done) => void this.#sendRow({ envelope, message, handling, done }))
  }

  close(): void {
    this.#connections.close()
  }

  destroy(): void {
    this.#connections.destroy()
  }

  /** One message after another over the same connection, as long as one follows. */
  async #sendRow(first: Follower): Promise<void> {
    this.busy += 1
    let held: Session | null = null
    for (let current: Follower | null = first; current; ) {
      const ahead: Ahead = new Ahead(current.handling.next)
      const [attempted, session]: [Attempted, Session | null] = await this.#sendOne(current, held, ahead)
      current.done(attempted)
      current = await ahead.follower()
      held = session && current && this.#keeps(session, current) ? session : null
      if (session && !held) this.#connections.release(session)
    }
    this.busy -= 1
  }

  /** @returns how it fared, and the connection over which it went, which is still held. */
  async #sendOne(
    { envelope, message, handling }: Follower,
    held: Session | null,
    ahead: Ahead,
  ): Promise<[Attempted, Session | null]> {
    const began = performance.now()
    const checked = checkedEnvelope(envelope)
    if (!checked) return [this.#answered(badAddress, began), held]
    let session = held
    for (let tries = 1; ; tries += 1) {
      try {
        session ??= await this.#ready(handling)
      } catch (error) {
        return [{ outcome: 'unreached', relay: this.settings.name, fault: (error as Error).message }, null]
      }
      const over = session
      if (this.#mayFollow(over)) ahead.ask()
      const fate = await over.deliver(checked, message, () =>
        this.#mayFollow(over) ? ahead.announcement() : null,
      )
      if (fate.kind === 'lost' && fate.unheard) this.#connections.noteUnheard()
      if (tries > staleTries || !wasStale(over, fate)) return [this.#judge(fate, began), over]
      this.#connections.release(over)
      this.#connections.dropIdle()
      session = null
    }
  }

  /** Whether another message may go over it after the one that is under way; where turns are booked, none is ahead of its own. */
  #mayFollow(session: Session): boolean {
    return this.#turns === null && this.#connections.mayAnnounce() && this.#connections.mayKeep(session)
  }

  #keeps(session: Session, { message }: Follower): boolean {
    return session.alive() && (session.awaits(message) || this.#mayFollow(session))
  }

  #judge(fate: Fate, began: number): Attempted {
    if (fate.kind === 'answered') {
      this.#connections.noteAnswer()
      return this.#answered(fate.reply, began, fate.ofSender)
    }
    const relay = this.settings.name
    this.#connections.noteLoss(fate.fault)
    if (fate.stage === 'envelope') return { outcome: 'unreached', relay, fault: fate.fault }
    if (fate.stage === 'whole') {
      return { outcome: 'in_doubt', relay, fault: fate.fault, durationMs: since(began) }
    }
    // The relay had begun to take this very message: it counts as a try, or one bad message tries forever.
    return this.#answered({ code: 451, text: `4.4.2 ${fate.fault}`, lines: [] }, began)
  }

  #answered({ code, text }: Reply, began: number, ofSender = false): Attempted {
    const shared = { relay: this.settings.name, code, reply: text, durationMs: since(began) }
    return code < 400
      ? { outcome: 'accepted', ...shared }
      : { outcome: 'refused', ...shared, enhanced: enhancedCode(text), ...(ofSender && { ofSender }) }
  }

  /** A connection for a message whose turn it is. @throws Error when the relay is down, or the message is stopped. */
  async #ready(haste: Haste): Promise<Session> {
    let session = await this.#connections.acquire(haste.stop)
    try {
      await this.#turns?.take(haste)
      if (!session.alive()) {
        // It was closed while the message stood in line.
        this.#connections.release(session)
        session = await this.#connections.acquire(haste.stop)
      }
      if (!isWanted(haste)) throw new Error('stopped')
      return session
    } catch (error) {
      this.#connections.release(session)
      throw error
    }
  }
}

const badAddress: Reply = { code: 553, text: '5.1.3 this is not an address that mail can go to', lines: [] }

/** The message after the one under way: asked for early, and announced if it is there in time. */
class Ahead {
  readonly #next: Handling['next']
  #asked: Promise<Follower | null> | undefined
  #found: Follower | null = null

  constructor(next: Handling['next']) {
    this.#next = next
  }

  ask(): void {
    this.#asked ??= this.#next?.().then((follower) => (this.#found = follower))
  }

  /** What a connection may be told of it already. */
  announcement(): { envelope: Envelope; message: Buffer[] } | null {
    const envelope = this.#found && checkedEnvelope(this.#found.envelope)
    return envelope && this.#found && { envelope, message: this.#found.message }
  }

  follower(): Promise<Follower | null> {
    return this.#asked ?? Promise.resolve(null)
  }
}

function checkedEnvelope({ from, to }: Envelope): Envelope | null {
  try {
    return { from: from === '' ? '' : checkedAddress(from), to: checkedAddress(to) }
  } catch {
    return null
  }
}

/** A connection used before that closed before it took note of this message, as relays do after a while. */
function wasStale(session: Session, fate: Fate): boolean {
  if (session.served < 2) return false
  return fate.kind === 'lost' ? fate.stage === 'envelope' : fate.reply.code === 421
}

function since(began: number): number {
  return Math.round(performance.now() - began)
}
