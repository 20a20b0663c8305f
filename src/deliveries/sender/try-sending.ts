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

export type Trying = { services: Sending; compose: Compose; policy: () => Policy }

export async function trySending(options: Trying, delivery: Claimed): Promise<Settlement> {
  const made = await makeOrSettle(options, delivery)
  if ('status' in made) return made
  const handling = { urgent: delivery.editionId === null }
  const attempted = await options.services.mailer.send(made.envelope, made.message, handling)
  return settlementOf(delivery, attempted, options.policy())
}

/** The message, or what the row comes to when there is none to send. */
export async function makeOrSettle(
  { services: { clock, log }, compose, policy }: Trying,
  delivery: Claimed,
): Promise<Outgoing | Settlement> {
  try {
    return (await compose(delivery)) ?? settlementOfPointless(delivery, clock.now())
  } catch (error) {
    if (error instanceof SigningError) {
      log.error({ delivery: delivery.id, fault: error.message }, 'a mail could not be signed')
      return settlementOf(delivery, { outcome: 'unreached', relay: null, fault: error.message }, policy())
    }
    log.error({ delivery: delivery.id, fault: messageOf(error) }, 'a mail could not be composed')
    return settlementOfUnmade(delivery, messageOf(error), clock.now())
  }
}
