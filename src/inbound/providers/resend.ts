/** Resend's webhooks: Standard Webhooks under the names of Svix, one event a call. */
import { Webhook } from 'standardwebhooks'
import { type Call, type Checked, forged, isFresh, isSame, jsonOf } from './call.js'
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

/** Each attempt is signed anew: the specification's five minutes. */
const age = { old: 300, early: 300 }

/** The clock is ours and not the library's, so that a test may set it. */
export function checkResend({ headers, body }: Call, secret: string, now: Date): Checked {
  const id = partOf(headers, 'id')
  const timestamp = partOf(headers, 'timestamp')
  if (!id || !timestamp || !/^\d{1,12}$/.test(timestamp)) return forged
  const expected = new Webhook(secret).sign(id, new Date(Number(timestamp) * 1_000), body)
  const given = partOf(headers, 'signature')?.split(' ').slice(0, 20) ?? []
  if (!given.map((one) => isSame(one, expected)).includes(true)) return forged
  return isFresh(timestamp, now, age) ? { state: 'genuine', once: id } : { state: 'stale' }
}

const partOf = (headers: Call['headers'], name: string) =>
  headers[`webhook-${name}`] ?? headers[`svix-${name}`]

const kinds: Record<string, EventKind> = {
  'email.bounced': 'bounce',
  'email.failed': 'bounce',
  'email.suppressed': 'bounce',
  'email.complained': 'complaint',
  'email.delivery_delayed': 'delayed',
  'email.delivered': 'delivered',
  'email.opened': 'opened',
  'email.clicked': 'clicked',
}

export function resendEvents({ headers, body }: Call): ProviderEvent[] {
  const event = fieldsOf(jsonOf(body))
  const data = fieldsOf(event['data'])
  const kind = kinds[String(event['type'])]
  const at = timeOf(event['created_at'])
  const id = partOf(headers, 'id')
  if (!kind || !at || !id) return []
  return listOf(data['to'], 50).flatMap((to) => {
    const address = mailboxOf(to)
    if (address === null) return []
    return [
      eventOf({
        provider: 'resend',
        id: `${id} ${address}`,
        at,
        kind,
        address,
        ...bounceOf(data),
        messageId: idIn(data),
      }),
    ]
  })
}

function bounceOf(data: Fields) {
  const bounce = fieldsOf(data['bounce'])
  const [reply] = listOf(bounce['diagnosticCode']).map(textOf)
  return {
    words: (reply ?? textOf(bounce['message']) ?? '').replace(/^smtp;\s*/, ''),
    stock: !reply,
    ofAddress: bounce['subType'] === 'NoEmail',
  }
}

function idIn(data: Fields): string | null {
  const header = listOf(data['headers'], 200)
    .map(fieldsOf)
    .find(({ name }) => typeof name === 'string' && name.toLowerCase() === 'message-id')
  return messageIdOf(data['message_id'] ?? header?.['value'])
}
