/** What all mail of ours has in common: its envelope, its sender and its name. */
import { domainToASCII } from 'node:url'
import { type Claimed, messageIdOf, type Sending } from '../ledger/delivery.js'
import { returnAddress } from './own-addresses.js'

export type Needs = Pick<Sending, 'db' | 'clock' | 'config' | 'secrets'>

export const envelopeOf = (services: Needs, delivery: Claimed) => ({
  from: returnAddress(services, delivery),
  to: delivery.address,
})

export function commonOf({ config, clock, secrets }: Needs, delivery: Claimed) {
  return {
    from: config.mailFrom,
    to: delivery.address,
    replyTo: config.replyTo,
    messageId: messageIdOf(secrets, delivery, senderDomain(config)),
    date: clock.now(),
  }
}

export const senderDomain = ({ mailFrom }: Needs['config']) =>
  domainToASCII(mailFrom.address.slice(mailFrom.address.lastIndexOf('@') + 1)) || 'localhost'
