/** What Amazon SES publishes to an SNS topic: notifications, and events of a configuration set. */
import { isComplaint } from '../reading/complaint.js'
import { blocksOfSes } from '../reading/ses-notice.js'
import { jsonOf } from './call.js'
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
} from './event.js'
import type { SnsMessage } from './sns.js'

const ofDelivery: Record<string, EventKind> = { failed: 'bounce', delayed: 'delayed', delivered: 'delivered' }
const ofReader: Record<string, EventKind> = {
  Complaint: 'complaint',
  Subscription: 'left',
  Open: 'opened',
  Click: 'clicked',
}

export function sesEvents(message: SnsMessage): ProviderEvent[] {
  const notice = fieldsOf(jsonOf(Buffer.from(message.text)))
  const mail = fieldsOf(notice['mail'])
  const shared = {
    provider: 'ses' as const,
    at: message.at,
    messageId: idIn(mail),
    returnPath: mailboxOf(mail['source']),
  }
  const blocks = blocksOfSes(notice).map(({ address, action, status, diagnostic }) => ({
    address: mailboxOf(address),
    kind: ofDelivery[action],
    status,
    words: diagnostic ?? bounceType(notice),
    stock: diagnostic === null,
    ofAddress: fieldsOf(notice['bounce'])['bounceSubType'] === 'NoEmail',
  }))
  const feedback = textOf(fieldsOf(notice['complaint'])['complaintFeedbackType']) ?? ''
  const readers = (isComplaint({ type: feedback }) ? readersIn(notice, mail) : []).map((address) => ({
    address,
    kind: ofReader[String(notice['notificationType'] ?? notice['eventType'])],
    words: feedback,
  }))
  return [...blocks, ...readers].flatMap(({ address, kind, ...said }) =>
    address === null || kind === undefined
      ? []
      : [eventOf({ ...shared, ...said, id: `${message.id} ${address}`, address, kind })],
  )
}

/** `Permanent: General`, where no server's reply is told. */
function bounceType(notice: Fields): string {
  const { bounceType: type, bounceSubType: detail } = fieldsOf(notice['bounce'])
  return [textOf(type), textOf(detail)].filter(Boolean).join(': ')
}

/** A complaint names those who may have complained; other events are about the mail's only recipient. */
function readersIn(notice: Fields, mail: Fields): string[] {
  const complained = listOf(fieldsOf(notice['complaint'])['complainedRecipients'], 100)
    .map((one) => mailboxOf(fieldsOf(one)['emailAddress']))
    .filter((address) => address !== null)
  if (complained.length > 0) return complained
  const sentTo = listOf(mail['destination'], 2).map(mailboxOf)
  return sentTo.length === 1 && sentTo[0] ? [sentTo[0]] : []
}

function idIn(mail: Fields): string | null {
  const ours = listOf(mail['headers'], 200)
    .map(fieldsOf)
    .find(({ name }) => typeof name === 'string' && name.toLowerCase() === 'message-id')
  return messageIdOf(ours?.['value'] ?? fieldsOf(mail['commonHeaders'])['messageId'])
}
