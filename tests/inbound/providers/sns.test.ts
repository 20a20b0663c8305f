/** Messages of Amazon SNS: signed in both versions, of our topic, with a certificate of theirs. */
import { sign } from 'node:crypto'
import { expect, test } from 'vitest'
import { sesEvents } from '../../../src/inbound/providers/ses.js'
import { checkSns, snsMessageOf } from '../../../src/inbound/providers/sns.js'
import { makeCertificate } from '../../support/certificate.js'

const topic = 'arn:aws:sns:us-east-1:123456789012:SES_Events'
const at = new Date('2026-11-04T06:00:00Z')
const soon = new Date(at.getTime() + 5_000)
const year = 365 * 86_400_000
const { pem, key } = makeCertificate('sns.amazonaws.com', at, new Date(at.getTime() + year))

const notification = {
  Type: 'Notification',
  MessageId: '19ba9823-d7f2-53c1-860e-cb10e0d13dfc',
  TopicArn: topic,
  Message: 'Ａ Ｍｅｓｓａｇｅ\nＦｏｒ ｙｏｕ！',
  Timestamp: at.toISOString(),
  SigningCertURL: 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-12345abcde.pem',
  SignatureVersion: '2',
}
const confirmation = {
  ...notification,
  Type: 'SubscriptionConfirmation',
  Token: 'EXAMPLE_TOKEN',
  SubscribeURL: `https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topic}&Token=EXAMPLE_TOKEN`,
}

/** The text that SNS signs: the names in their order, each on a line of its own, and so its value. */
function signed(fields: Record<string, string>): Record<string, string> {
  const names = ['Message', 'MessageId', 'Subject', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type']
  const text = names
    .flatMap((name) => (fields[name] === undefined ? [] : [`${name}\n${fields[name]}\n`]))
    .join('')
  const hash = fields['SignatureVersion'] === '1' ? 'sha1' : 'sha256'
  return { ...fields, Signature: sign(hash, Buffer.from(text), key).toString('base64') }
}

const messageOf = (fields: Record<string, unknown>, topics = [topic]) =>
  snsMessageOf({ headers: {}, body: Buffer.from(JSON.stringify(fields)) }, topics)

function stateOf(fields: Record<string, unknown>, certificate = pem, now = soon): string {
  const message = messageOf(fields)
  return message ? checkSns(message, certificate, now).state : 'none'
}

test.for([
  ['version 2', notification],
  ['version 1', { ...notification, SignatureVersion: '1' }],
  ['with a subject', { ...notification, Subject: 'Amazon SES Email Event Notification' }],
  ['a confirmation', confirmation],
])('%s is genuine', ([, fields]) => {
  expect(stateOf(signed(fields as Record<string, string>))).toBe('genuine')
})

test('a signature counts once, and names the event', () => {
  const message = messageOf(signed(notification))
  expect(message && checkSns(message, pem, soon)).toEqual({ state: 'genuine', once: notification.MessageId })
})

const another = makeCertificate('sns.amazonaws.com', at, new Date(at.getTime() + year))
const stranger = makeCertificate('sns.example.org', at, new Date(at.getTime() + year))

test.for([
  ['changed words', { ...signed(notification), Message: 'another' }, pem, 'forged'],
  ['a subject that was added', { ...signed(notification), Subject: 'x' }, pem, 'forged'],
  ['another version', { ...signed(notification), SignatureVersion: '1' }, pem, 'forged'],
  ['a version that is not known', { ...signed(notification), SignatureVersion: '3' }, pem, 'forged'],
  ['no signature', { ...notification, Signature: 'Tk9UIEEgVkFMSUQgU0lHTkFUVVJF' }, pem, 'forged'],
  ['another certificate', signed(notification), another.pem, 'forged'],
  ['a certificate of somebody else', signed(notification), stranger.pem, 'forged'],
  ['no certificate', signed(notification), 'no certificate', 'forged'],
] as const)('%s: %s', ([, fields, certificate, state]) => {
  expect(stateOf(fields, certificate)).toBe(state)
})

test('what is old or of tomorrow is stale', () => {
  const late = new Date(at.getTime() + 3 * 3_600_000)
  expect(stateOf(signed(notification), pem, late)).toBe('stale')
  expect(stateOf(signed({ ...notification, Timestamp: late.toISOString() }), pem, soon)).toBe('stale')
})

const sns = 'https://sns.us-east-1.amazonaws.com'
test.for([
  ['another topic', { TopicArn: `${topic}2` }],
  ['a certificate elsewhere', { SigningCertURL: 'https://localhost:56789/SimpleNotificationService-1.pem' }],
  [
    'a host that only ends alike',
    { SigningCertURL: 'https://sns.us-east-1.amazonaws.com.example.org/SimpleNotificationService-1.pem' },
  ],
  ['a bucket', { SigningCertURL: 'https://sns.s3.amazonaws.com/SimpleNotificationService-1.pem' }],
  [
    'a certificate by HTTP',
    { SigningCertURL: `${sns.replace('https', 'http')}/SimpleNotificationService-1.pem` },
  ],
  ['another port', { SigningCertURL: `${sns}:8443/SimpleNotificationService-1.pem` }],
  [
    'a login',
    { SigningCertURL: 'https://sns.us-east-1.amazonaws.com@example.org/SimpleNotificationService-1.pem' },
  ],
  ['another path', { SigningCertURL: `${sns}/cert.pem` }],
  ['no id', { MessageId: undefined }],
  ['another type', { Type: '__proto__' }],
  ['no time', { Timestamp: 'today' }],
])('%s is no message for us', ([, changed]) => {
  expect(messageOf({ ...signed(notification), ...(changed as object) })).toBeNull()
})

test('only a confirmation of our topic, at SNS itself, is to be fetched', () => {
  expect(messageOf(confirmation)?.subscribeUrl?.href).toBe(confirmation.SubscribeURL)
  expect(messageOf({ ...confirmation, Type: 'UnsubscribeConfirmation' })?.subscribeUrl).toBeNull()
  for (const url of [
    'https://example.org/?Action=ConfirmSubscription',
    `${sns}/?Action=Unsubscribe&TopicArn=${topic}`,
    `${sns}/?Action=ConfirmSubscription&TopicArn=${topic}2`,
  ]) {
    expect(messageOf({ ...confirmation, SubscribeURL: url })).toBeNull()
  }
})

const mail = {
  source: 'bounce+t0ken@b.papers.example',
  messageId: '00000138111222aa-33322211-cccc-cccc-cccc-ddddaaaa0680-000000',
  destination: ['jane@example.com'],
  headers: [{ name: 'Message-ID', value: '<ed-307.41@papers.example>' }],
}
const eventsOf = (published: object) => {
  const message = messageOf({ ...notification, Message: `${JSON.stringify({ mail, ...published })}\n` })
  return message ? sesEvents(message) : null
}
const bounce = (bouncedRecipients: object[], more: object = {}) => ({
  notificationType: 'Bounce',
  bounce: { bounceType: 'Permanent', bounceSubType: 'General', bouncedRecipients, ...more },
})

test('a bounce of SES is judged by the words of the server', () => {
  const recipient = {
    emailAddress: 'jane@example.com',
    status: '5.1.1',
    action: 'failed',
    diagnosticCode: 'smtp; 550 5.1.1 <jane@example.com>... User unknown',
  }
  expect(eventsOf(bounce([recipient]))).toEqual([
    {
      provider: 'ses',
      id: `${notification.MessageId} jane@example.com`,
      at,
      kind: 'bounce',
      address: 'jane@example.com',
      class: 'hard',
      status: '5.1.1',
      code: 550,
      words: '550 5.1.1 <jane@example.com>... User unknown',
      messageId: '<ed-307.41@papers.example>',
      returnPath: 'bounce+t0ken@b.papers.example',
      machine: null,
    },
  ])
})

test('a permanent bounce without words kills nobody', () => {
  const recipients = [{ emailAddress: 'jane@example.com' }, { emailAddress: 'richard@example.com' }]
  expect(eventsOf(bounce(recipients))).toMatchObject([
    { address: 'jane@example.com', class: 'soft', words: 'Permanent: General' },
    { address: 'richard@example.com', class: 'soft' },
  ])
})

test.for([
  [
    'Complaint',
    {
      complaint: {
        complainedRecipients: [{ emailAddress: 'jane@example.com' }],
        complaintFeedbackType: 'abuse',
      },
    },
    'complaint',
    'complaint',
  ],
  ['Delivery', { delivery: { recipients: ['jane@example.com'] } }, 'delivered', null],
  [
    'DeliveryDelay',
    { deliveryDelay: { delayedRecipients: [{ emailAddress: 'jane@example.com', status: '4.4.1' }] } },
    'delayed',
    null,
  ],
  ['Subscription', {}, 'left', null],
  ['Open', { open: {} }, 'opened', null],
  ['Click', { click: {} }, 'clicked', null],
] as const)('%s', ([eventType, detail, kind, verdict]) => {
  expect(eventsOf({ eventType, ...detail })).toMatchObject([
    { address: 'jane@example.com', kind, class: verdict },
  ])
})

test.for(['Send', 'Reject', 'Rendering Failure', 'Received'])('%s tells nothing of a reader', (eventType) => {
  expect(eventsOf({ eventType })).toEqual([])
})

test('a mail that a reader took out of the junk is no complaint', () => {
  const complaint = {
    complainedRecipients: [{ emailAddress: 'jane@example.com' }],
    complaintFeedbackType: 'not-spam',
  }
  expect(eventsOf({ eventType: 'Complaint', complaint })).toEqual([])
})

test('words that are no notice tell nothing', () => {
  const message = messageOf({ ...notification, Message: 'Successfully validated SNS topic.' })
  expect(message && sesEvents(message)).toEqual([])
})
