/** Postmark's webhooks: one event a call. */
import { type Call, jsonOf } from './call.js'
import {
  type EventKind,
  eventOf,
  type Fields,
  fieldsOf,
  mailboxOf,
  type ProviderEvent,
  textOf,
  timeOf,
} from './event.js'

/** Types of bounces that are none: https://postmarkapp.com/developer/api/bounce-api#bounce-types */
const types: Record<string, EventKind | null> = {
  Transient: 'delayed',
  AutoResponder: null,
  AddressChange: null,
  ChallengeVerification: null,
  Subscribe: null,
  Unsubscribe: 'left',
  SpamComplaint: 'complaint',
  OpenRelayTest: null,
}
const ofAddress = new Set(['HardBounce', 'BadEmailAddress'])

export function postmarkEvents({ body }: Call): ProviderEvent[] {
  const event = fieldsOf(jsonOf(body))
  const kind = kindOf(event)
  const address = mailboxOf(event['Email'] ?? event['Recipient'])
  const at = timeOf(event['BouncedAt'] ?? event['DeliveredAt'] ?? event['ReceivedAt'] ?? event['ChangedAt'])
  const mail = textOf(event['MessageID'])
  if (!kind || !address || !at || !mail) return []
  return [
    eventOf({
      provider: 'postmark',
      id: textOf(event['ID']) ?? `${mail} ${kind} ${address} ${at.toISOString()}`,
      at,
      kind,
      address,
      words: (textOf(event['Details']) ?? textOf(event['Description']) ?? '').replace(/^\w+;\s*/, ''),
      stock: textOf(event['Details']) === null,
      ofAddress: ofAddress.has(String(event['Type'])),
    }),
  ]
}

function kindOf(event: Fields): EventKind | null {
  const change = event['SuppressSending'] === true && event['SuppressionReason'] === 'ManualSuppression'
  switch (event['RecordType']) {
    case 'Bounce': {
      const kind = types[String(event['Type'])]
      return kind === undefined ? 'bounce' : kind
    }
    case 'SpamComplaint':
      return 'complaint'
    case 'Delivery':
      return 'delivered'
    case 'Open':
      return 'opened'
    case 'Click':
      return 'clicked'
    case 'SubscriptionChange':
      return change ? 'left' : null
    default:
      return null
  }
}
