/** Sends deliveries one after another over as many connections as there are, each announced with the end of the one before. */
import type { Attempted, Follower } from '../../mail/mailer/mailer.js'
import type { Claimed, Outgoing } from '../ledger/delivery.js'
import { type Settlement, settlementOf } from '../settle/settlement.js'
import { makeOrSettle, type Trying } from './try-sending.js'

export type ConversationOptions = Trying & {
  /** What is under way in this process is finished after it, but nothing is begun. */
  stop: AbortSignal
  /** A row that may be begun now, from then on on its way; undefined when there is none. */
  next(): Claimed | undefined
  /** Whether a row on its way that has not begun may still begin. */
  mayBegin(delivery: Claimed): boolean
  /** How a row fared that was on its way. */
  done(settlement: Settlement): void
  /** A connection has nothing to do any more. */
  ended(): void
}

export type Conversations = {
  begin(delivery: Claimed): void
  /** How many run. */
  count(): number
}

/** Deliveries of one connection that are on their way or being fetched; it is over when there are none. */
type Conversation = { members: number }

export function openConversations(options: ConversationOptions): Conversations {
  const { mailer } = options.services
  let running = 0

  function leave(conversation: Conversation): void {
    conversation.members -= 1
    if (conversation.members > 0) return
    running -= 1
    options.ended()
  }

  async function begin(delivery: Claimed): Promise<void> {
    running += 1
    const conversation = { members: 1 }
    const outgoing = await composed(delivery)
    if (!outgoing) return leave(conversation)
    const { envelope, message, handling, done } = onItsWay(conversation, delivery, outgoing)
    done(await mailer.send(envelope, message, handling))
  }

  function onItsWay(conversation: Conversation, delivery: Claimed, outgoing: Outgoing): Follower {
    const urgent = delivery.editionId === null
    return {
      ...outgoing,
      handling: {
        urgent,
        stop: options.stop,
        mayBegin: () => options.mayBegin(delivery),
        next: () => follow(conversation),
      },
      done: (attempted: Attempted) => {
        options.done(settlementOf(delivery, attempted, options.policy()))
        leave(conversation)
      },
    }
  }

  async function follow(conversation: Conversation): Promise<Follower | null> {
    conversation.members += 1
    for (let delivery = options.next(); delivery; delivery = options.next()) {
      const outgoing = await composed(delivery)
      if (outgoing) return onItsWay(conversation, delivery, outgoing)
    }
    leave(conversation)
    return null
  }

  /** Null when there is nothing to send, which is settled then. */
  async function composed(delivery: Claimed): Promise<Outgoing | null> {
    const made = await makeOrSettle(options, delivery)
    if (!('status' in made)) return made
    options.done(made)
    return null
  }

  return { begin: (delivery) => void begin(delivery), count: () => running }
}
