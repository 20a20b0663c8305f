/** Amazon SNS: messages signed with a certificate of theirs, versions 1 and 2, of topics that are ours. */
import { verify, X509Certificate } from 'node:crypto'
import { type Call, type Checked, forged, jsonOf } from './call.js'
import { fieldsOf, textOf } from './event.js'

const signedFields = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: [
    'Message',
    'MessageId',
    'SubscribeURL',
    'Timestamp',
    'Token',
    'TopicArn',
    'Type',
  ],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const

export type SnsMessage = {
  type: keyof typeof signedFields
  id: string
  topic: string
  at: Date
  /** What was published, as text. */
  text: string
  /** To be fetched through the safe client, and kept by its address. */
  certificateUrl: URL
  /** To be fetched when `type` asks for a confirmation, and only then; null elsewhere. */
  subscribeUrl: URL | null
  fields: Record<string, string>
}

/** It tries again for an hour at most; the rest is for queues on the way. */
const oldest = 2 * 3_600_000
const earliest = 300_000
const hosts = /^sns\.[a-z]{2,4}(?:-[a-z]{2,9}){1,3}-\d{1,2}\.amazonaws\.com(?:\.cn)?$/

/**
 * Reads a message and looks at everything but its signature.
 * @param topics - the ARNs that are ours
 * @returns null when it is no message of such a topic, or names a certificate or address that is not of SNS.
 */
export function snsMessageOf({ body }: Call, topics: string[]): SnsMessage | null {
  const fields = textsOf(fieldsOf(jsonOf(body)))
  const type = fields['Type']
  if (type === undefined || !isType(type) || !topics.includes(fields['TopicArn'] ?? '')) return null
  const lacks = signedFields[type].some((name) => name !== 'Subject' && fields[name] === undefined)
  const certificateUrl = snsUrl(fields['SigningCertURL'])
  const subscribeUrl = type === 'SubscriptionConfirmation' ? snsUrl(fields['SubscribeURL']) : null
  const at = new Date(fields['Timestamp'] ?? '')
  if (lacks || certificateUrl === null || Number.isNaN(at.getTime())) return null
  if (!/^\/SimpleNotificationService-[\w-]{1,80}\.pem$/.test(certificateUrl.pathname)) return null
  if (type === 'SubscriptionConfirmation' && !isOfTopic(subscribeUrl, fields['TopicArn'])) return null
  const { MessageId: id = '', TopicArn: topic = '', Message: text = '' } = fields
  return { type, id, topic, at, text, certificateUrl, subscribeUrl, fields }
}

const isType = (type: string): type is SnsMessage['type'] => Object.hasOwn(signedFields, type)

function textsOf(fields: Record<string, unknown>): Record<string, string> {
  const texts = Object.entries(fields).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return Object.fromEntries(texts)
}

/** An address of SNS itself: HTTPS, its own host, the usual port, no login. */
function snsUrl(text: string | undefined): URL | null {
  const url = text !== undefined && text.length < 2_000 && URL.canParse(text) ? new URL(text) : null
  const plain = url?.protocol === 'https:' && url.port === '' && url.username === '' && url.password === ''
  return url && plain && hosts.test(url.hostname) ? url : null
}

/** The address confirms the topic that the message names, and does nothing else. */
function isOfTopic(url: URL | null, topic: string | undefined): boolean {
  const asked = url?.searchParams
  return asked?.get('Action') === 'ConfirmSubscription' && asked.get('TopicArn') === topic
}

/** @param certificate - in PEM, from `certificateUrl` */
export function checkSns(message: SnsMessage, certificate: string, now: Date): Checked {
  const algorithm = { '1': 'sha1', '2': 'sha256' }[message.fields['SignatureVersion'] ?? '']
  const signature = textOf(message.fields['Signature'])
  if (!algorithm || !signature || !isSigned(message, algorithm, signature, certificate, now)) return forged
  const age = now.getTime() - message.at.getTime()
  return age <= oldest && age >= -earliest ? { state: 'genuine', once: message.id } : { state: 'stale' }
}

function isSigned(
  { type, fields }: SnsMessage,
  algorithm: string,
  signature: string,
  certificate: string,
  now: Date,
): boolean {
  const present = signedFields[type].filter((name) => fields[name] !== undefined)
  const text = present.map((name) => `${name}\n${fields[name]}\n`).join('')
  try {
    const { publicKey, subject, validFrom, validTo } = new X509Certificate(certificate)
    const valid = new Date(validFrom) <= now && now <= new Date(validTo)
    const theirs = /^CN=sns\.(?:[a-z0-9-]+\.)?amazonaws\.com(?:\.cn)?$/m.test(subject)
    return (
      valid && theirs && verify(algorithm, Buffer.from(text), publicKey, Buffer.from(signature, 'base64'))
    )
  } catch {
    return false
  }
}
