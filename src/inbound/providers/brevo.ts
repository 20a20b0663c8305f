/** Brevo's webhooks: one event a call, or a list of them. */
import { type Call, jsonOf } from './call.js'
import {
  type EventKind,
  eventOf,
  type Fields,
  fieldsOf,
  listOf,
  mailboxOf,
  messageIdOf,
  type ProviderEvent,
  textOf,
  timeOf,
} from './event.js'

const kinds: Record<string, EventKind> = {
  hard_bounce: 'bounce',
  soft_bounce: 'bounce',
  invalid_email: 'bounce',
  blocked: 'bounce',
  error: 'bounce',
  deferred: 'delayed',
  delivered: 'delivered',
  spam: 'complaint',
  complaint: 'complaint',
  unsubscribed: 'left',
  opened: 'opened',
  unique_opened: 'opened',
  proxy_open: 'opened',
  unique_proxy_open: 'opened',
  click: 'clicked',
}
const ofAddress = new Set(['hard_bounce', 'invalid_email'])

/** It gives no id to an event: mail, event, recipient and time stand for one. */
export function brevoEvents({ body }: Call): ProviderEvent[] {
  const sent = jsonOf(body)
  return (Array.isArray(sent) ? listOf(sent) : [sent]).map(fieldsOf).flatMap((event) => {
    const name = String(event['event'])
    const kind = kinds[name]
    const address = mailboxOf(event['email'])
    const at = timeIn(event)
    const messageId = messageIdOf(event['message-id'])
    if (!kind || !address || !at || !messageId) return []
    return [
      eventOf({
        provider: 'brevo',
        id: `${messageId} ${name} ${address} ${at.getTime()}`,
        at,
        kind,
        address,
        words: textOf(event['reason'])?.trim() ?? '',
        messageId,
        machine: kind === 'opened' ? name.includes('proxy') || null : null,
        ofAddress: ofAddress.has(name),
      }),
    ]
  })
}

/** `ts_epoch` is in milliseconds, in some events in seconds; the rest is in a zone of the account's. */
function timeIn(event: Fields): Date | null {
  const told = Number(event['ts_epoch'] ?? event['ts_event'] ?? event['ts'])
  return timeOf(told > 100_000_000_000 ? told / 1_000 : told)
}
