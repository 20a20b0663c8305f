/** SendGrid's event webhook: an ECDSA signature over timestamp and raw body, and lists of events. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { ConfigError } from '../../errors.js'
import { type Call, type Checked, forged, isFresh, jsonOf } from './call.js'
import {
  type EventKind,
  eventOf,
  fieldsOf,
  listOf,
  mailboxOf,
  messageIdOf,
  type ProviderEvent,
  textOf,
  timeOf,
} from './event.js'

/** It tries again for a day. */
const age = { old: 25 * 3_600, early: 300 }

/** @param publicKey - as its settings show it: base64 of the DER form, or PEM; @throws ConfigError when it is neither */
export function checkSendGrid({ headers, body }: Call, publicKey: string, now: Date): Checked {
  const signature = headers['x-twilio-email-event-webhook-signature']
  const timestamp = headers['x-twilio-email-event-webhook-timestamp']
  if (!signature || !timestamp) return forged
  const signed = Buffer.concat([Buffer.from(timestamp), body])
  if (!isSigned(signed, keyOf(publicKey), signature)) return forged
  return isFresh(timestamp, now, age) ? { state: 'genuine' } : { state: 'stale' }
}

function isSigned(signed: Buffer, key: KeyObject, signature: string): boolean {
  try {
    return verify('sha256', signed, key, Buffer.from(signature, 'base64'))
  } catch {
    return false
  }
}

function keyOf(publicKey: string): KeyObject {
  try {
    if (publicKey.includes('-----BEGIN')) return createPublicKey(publicKey)
    return createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
  } catch (error) {
    throw new ConfigError('SENDGRID_PUBLIC_KEY is no public key', { cause: error })
  }
}

const kinds: Record<string, EventKind> = {
  bounce: 'bounce',
  blocked: 'bounce',
  dropped: 'bounce',
  deferred: 'delayed',
  delivered: 'delivered',
  spamreport: 'complaint',
  unsubscribe: 'left',
  group_unsubscribe: 'left',
  open: 'opened',
  click: 'clicked',
}

export function sendGridEvents({ body }: Call): ProviderEvent[] {
  return listOf(jsonOf(body))
    .map(fieldsOf)
    .flatMap((event) => {
      const kind = kinds[String(event['event'])]
      const address = mailboxOf(event['email'])
      const id = textOf(event['sg_event_id'])
      const at = timeOf(event['timestamp'])
      if (!kind || !address || !id || !at) return []
      return [
        eventOf({
          provider: 'sendgrid',
          id,
          at,
          kind,
          address,
          words: textOf(event['reason']) ?? textOf(event['response']) ?? '',
          status: textOf(event['status']),
          messageId: messageIdOf(event['smtp-id']),
          machine: typeof event['sg_machine_open'] === 'boolean' ? event['sg_machine_open'] : null,
          ofAddress: event['bounce_classification'] === 'Invalid Address',
        }),
      ]
    })
}
