/** One try at a delivery: its message is made and sent, and what its row comes to is said. */
import { messageOf } from '../../errors.js'
import type { Claimed, Compose, Outgoing, Sending } from '../ledger/delivery.js'
import {
  type Policy,
  type Settlement,
  settlementOf,
  settlementOfPointless,
  settlementOfUnmade,
} from '../settle/settlement.js'
import { SigningError } from '../composing/signed.js'

export interface Trying {
  readonly services: Sending
  readonly compose: Compose
  policy(): Policy
}

export async function trySending(sender: Trying, delivery: Claimed): Promise<Settlement> {
  const made = await makeOrSettle(sender, delivery)
  if ('status' in made) return made
  const handling = { urgent: delivery.editionId === null }
  const attempted = await sender.services.mailer.send(made.envelope, made.message, handling)
  return settlementOf(delivery, attempted, sender.policy())
}

/** The message, or what the row comes to when there is none to send. */
export async function makeOrSettle(sender: Trying, delivery: Claimed): Promise<Outgoing | Settlement> {
  const { clock, log } = sender.services
  try {
    return (await sender.compose(delivery)) ?? settlementOfPointless(delivery, clock.now())
  } catch (error) {
    if (error instanceof SigningError) {
      log.error({ delivery: delivery.id, fault: error.message }, 'a mail could not be signed')
      return settlementOf(
        delivery,
        { outcome: 'unreached', relay: null, fault: error.message },
        sender.policy(),
      )
    }
    log.error({ delivery: delivery.id, fault: messageOf(error) }, 'a mail could not be composed')
    return settlementOfUnmade(delivery, messageOf(error), clock.now())
  }
}
