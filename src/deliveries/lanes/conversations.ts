/** Sends deliveries one after another over as many connections as there are, each announced with the end of the one before. */
import type { Attempted, Follower } from '../../mail/mailer/mailer.js'
import type { Claimed, Outgoing } from '../ledger/delivery.js'
import { type Settlement, settlementOf } from '../settle/settlement.js'
import { makeOrSettle, type Trying } from './try-sending.js'

/** What conversations are about: which rows are next, and who hears how they fared. */
export interface Talk {
  /** A row that may be begun now, from then on on its way; undefined when there is none. */
  next(): Claimed | undefined
  /** Whether a row on its way that has not begun may still begin. */
  mayBegin(delivery: Claimed): boolean
  /** How a row fared that was on its way. */
  done(settlement: Settlement): void
  /** A connection has nothing to do any more. */
  ended(): void
}

/** Deliveries of one connection that are on their way or being fetched; it is over when there are none. */
type Conversation = { members: number }

export class Conversations {
  readonly #sender: Trying
  readonly #talk: Talk
  readonly #stop: AbortSignal
  #running = 0

  /** @param stop what is under way in this process is finished after it, but nothing is begun. */
  constructor(sender: Trying, talk: Talk, stop: AbortSignal) {
    this.#sender = sender
    this.#talk = talk
    this.#stop = stop
  }

  /** How many run. */
  get count(): number {
    return this.#running
  }

  begin(delivery: Claimed): void {
    void this.#converse(delivery)
  }

  async #converse(delivery: Claimed): Promise<void> {
    this.#running += 1
    const conversation = { members: 1 }
    const outgoing = await this.#composed(delivery)
    if (!outgoing) return this.#leave(conversation)
    const { envelope, message, handling, done } = this.#onItsWay(conversation, delivery, outgoing)
    done(await this.#sender.services.mailer.send(envelope, message, handling))
  }

  #leave(conversation: Conversation): void {
    conversation.members -= 1
    if (conversation.members > 0) return
    this.#running -= 1
    this.#talk.ended()
  }

  #onItsWay(conversation: Conversation, delivery: Claimed, outgoing: Outgoing): Follower {
    const urgent = delivery.editionId === null
    return {
      ...outgoing,
      handling: {
        urgent,
        stop: this.#stop,
        mayBegin: () => this.#talk.mayBegin(delivery),
        next: () => this.#follow(conversation),
      },
      done: (attempted: Attempted) => {
        this.#talk.done(settlementOf(delivery, attempted, this.#sender.policy()))
        this.#leave(conversation)
      },
    }
  }

  async #follow(conversation: Conversation): Promise<Follower | null> {
    conversation.members += 1
    for (let delivery = this.#talk.next(); delivery; delivery = this.#talk.next()) {
      const outgoing = await this.#composed(delivery)
      if (outgoing) return this.#onItsWay(conversation, delivery, outgoing)
    }
    this.#leave(conversation)
    return null
  }

  /** Null when there is nothing to send, which is settled then. */
  async #composed(delivery: Claimed): Promise<Outgoing | null> {
    const made = await makeOrSettle(this.#sender, delivery)
    if (!('status' in made)) return made
    this.#talk.done(made)
    return null
  }
}
