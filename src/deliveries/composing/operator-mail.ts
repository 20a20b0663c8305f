/** Mail to an operator: alerts, and what readers answered. */
import { compileLetter } from '../../mail/message/compile-letter.js'
import { assembleMail, prepareMail } from '../../mail/message/assemble.js'
import type { Letter } from '../../mail/message/letter.js'
import { type Claimed, messageIdOf, type Outgoing } from '../ledger/delivery.js'
import { commonOf, envelopeOf, type Needs, senderDomain } from './common.js'
import { forwarded } from './forward.js'

/** What the ledger keeps for mail to an operator. */
export type OperatorPayload =
  | { about: 'test'; editionId: number }
  | { about: 'alert'; letter: Letter }
  /** What a reader answered, as it came in. */
  | { about: 'reply'; mailId: string }

export async function composeAlert(services: Needs, delivery: Claimed): Promise<Outgoing | null> {
  const payload = delivery.payload as Extract<OperatorPayload, { about: 'alert' | 'reply' }>
  if (payload.about === 'reply') return composeForwarded(services, delivery, payload.mailId)
  const { letter } = payload
  const { publicUrl } = services.config
  const values = {
    UNSUBSCRIBE_URL: publicUrl,
    PREFERENCES_URL: publicUrl,
    WEB_URL: publicUrl,
    MINE_URL: publicUrl,
  }
  const prepared = prepareMail(await compileLetter(letter))
  const message = await assembleMail(prepared, { ...commonOf(services, delivery), values })
  return { envelope: envelopeOf(services, delivery), message }
}

async function composeForwarded(
  services: Needs,
  delivery: Claimed,
  mailId: string,
): Promise<Outgoing | null> {
  const { db, config, secrets } = services
  const messageId = messageIdOf(secrets, delivery, senderDomain(config))
  const message = await forwarded(db, config, mailId, delivery.address, messageId)
  return message && { envelope: envelopeOf(services, delivery), message }
}
