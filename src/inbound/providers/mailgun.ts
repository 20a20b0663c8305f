/** Mailgun's webhooks: an HMAC over timestamp and token, not the body; so a token counts once. */
import { createHmac } from 'node:crypto'
import { type Call, type Checked, forged, isFresh, isSame, jsonOf } from './call.js'
import {
  type EventKind,
  eventOf,
  type Fields,
  fieldsOf,
  mailboxOf,
  messageIdOf,
  type ProviderEvent,
  textOf,
  timeOf,
} from './event.js'

/** It tries again for eight hours. */
const age = { old: 9 * 3_600, early: 300 }

export function checkMailgun({ body }: Call, signingKey: string, now: Date): Checked {
  const { timestamp, token, signature } = signatureOf(body)
  if (!timestamp || !token || !signature) return forged
  const expected = createHmac('sha256', signingKey)
    .update(timestamp + token)
    .digest('hex')
  if (!isSame(signature, expected)) return forged
  return isFresh(timestamp, now, age) ? { state: 'genuine', once: token } : { state: 'stale' }
}

function signatureOf(body: Buffer) {
  const fields = fieldsOf(fieldsOf(jsonOf(body))['signature'])
  return {
    timestamp: textOf(fields['timestamp']),
    token: textOf(fields['token']),
    signature: textOf(fields['signature']),
  }
}

const kinds: Record<string, EventKind> = {
  delivered: 'delivered',
  complained: 'complaint',
  unsubscribed: 'left',
  opened: 'opened',
  clicked: 'clicked',
}

export function mailgunEvents({ body }: Call): ProviderEvent[] {
  const event = fieldsOf(fieldsOf(jsonOf(body))['event-data'])
  const kind = kindOf(event)
  const message = fieldsOf(fieldsOf(event['message'])['headers'])
  const address = mailboxOf(event['recipient'])
  const at = timeOf(event['timestamp'])
  const id = textOf(event['id']) ?? signatureOf(body).token
  if (!kind || !address || !at || !id) return []
  return [
    eventOf({
      provider: 'mailgun',
      id,
      at,
      kind,
      address,
      ...repliesOf(event),
      messageId: messageIdOf(message['message-id']),
      returnPath: mailboxOf(fieldsOf(event['envelope'])['sender']),
      machine: machineOf(fieldsOf(event['client-info'])),
    }),
  ]
}

function kindOf(event: Fields): EventKind | undefined {
  if (event['event'] !== 'failed') return kinds[String(event['event'])]
  return event['severity'] === 'temporary' ? 'delayed' : 'bounce'
}

/** Codes of its own, such as 605 for an address that bounced before, are no reply of a server. */
function repliesOf(event: Fields) {
  const status = fieldsOf(event['delivery-status'])
  const code = Number(status['code'])
  const said = textOf(status['message']) ?? textOf(status['description']) ?? ''
  const words = code >= 400 && code < 560 ? `${code} ${said}` : said
  return {
    words,
    status: textOf(status['enhanced-code']),
    ofAddress: event['reason'] === 'bounce' && code === 550,
  }
}

/** `bot` names the kind of machine, and is empty for none. */
function machineOf(client: Fields): boolean | null {
  return typeof client['bot'] === 'string' ? client['bot'] !== '' : null
}
