/** Events in the shapes that providers publish, turned into ours. */
import { expect, test } from 'vitest'
import type { ProviderEvent } from '../../../src/inbound/providers/event.js'
import { providers } from '../../../src/inbound/providers/providers.js'

const eventsOf = (name: keyof typeof providers, body: unknown) =>
  providers[name].events({ headers: { 'svix-id': 'msg_1' }, body: Buffer.from(JSON.stringify(body)) })

type Case = [
  what: string,
  provider: keyof typeof providers,
  body: object,
  event: Partial<ProviderEvent> | null,
]

const sendGrid = (event: object) => [
  {
    email: 'reader@example.com',
    timestamp: 1461095250,
    'smtp-id': '<ed-307.41@papers.example>',
    sg_event_id: 'lC0Rc-FuQmKbnxCWxX1jRQ',
    ...event,
  },
]
const mailgun = (event: object) => ({
  signature: { token: 't0k3n' },
  'event-data': {
    id: 'hTWCTD81RtiDN',
    timestamp: 1534110422.389832,
    recipient: 'reader@example.com',
    envelope: { sender: 'bounce+t0ken@b.papers.example' },
    message: { headers: { 'message-id': 'ed-307.41@papers.example' } },
    ...event,
  },
})
const postmark = (event: object) => ({
  ID: 901542550,
  MessageID: '2706ee8a-737c-4285-b032-ccd317af53ed',
  Email: 'reader@example.com',
  BouncedAt: '2016-04-27T16:28:50.3963933-04:00',
  ...event,
})
const resend = (type: string, data: object = {}) => ({
  type,
  created_at: '2023-10-02T18:11:26.101Z',
  data: { email_id: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee', to: ['Reader <reader@example.com>'], ...data },
})
const brevo = (event: object) => ({
  email: 'reader@example.com',
  ts_epoch: 1520363423000,
  'message-id': '<201803011158.9876543210@smtp-relay.mailin.fr>',
  ...event,
})

const gone = 'The email account that you tried to reach does not exist.'

const cases: Case[] = [
  [
    'no such address',
    'sendgrid',
    sendGrid({ event: 'bounce', type: 'bounce', status: '5.1.1', reason: `550 5.1.1 ${gone}` }),
    {
      id: 'lC0Rc-FuQmKbnxCWxX1jRQ',
      at: new Date(1461095250_000),
      kind: 'bounce',
      class: 'hard',
      status: '5.1.1',
      code: 550,
      messageId: '<ed-307.41@papers.example>',
    },
  ],
  [
    'blocked',
    'sendgrid',
    sendGrid({ event: 'bounce', type: 'blocked', reason: '550 5.7.1 Client host blocked using Spamhaus' }),
    { kind: 'bounce', class: 'policy' },
  ],
  [
    'called a bounce, and full',
    'sendgrid',
    sendGrid({ event: 'bounce', type: 'bounce', status: '5.2.2', reason: '552 5.2.2 mailbox full' }),
    { class: 'soft' },
  ],
  [
    'dropped as known',
    'sendgrid',
    sendGrid({ event: 'dropped', reason: 'Bounced Address' }),
    { kind: 'bounce', class: 'soft' },
  ],
  [
    'deferred',
    'sendgrid',
    sendGrid({ event: 'deferred', response: '451 try later' }),
    { kind: 'delayed', class: null },
  ],
  ['a complaint', 'sendgrid', sendGrid({ event: 'spamreport' }), { kind: 'complaint', class: 'complaint' }],
  [
    'opened by a machine',
    'sendgrid',
    sendGrid({ event: 'open', sg_machine_open: true }),
    { kind: 'opened', machine: true },
  ],
  ['processed', 'sendgrid', sendGrid({ event: 'processed' }), null],
  [
    'no such address',
    'mailgun',
    mailgun({
      event: 'failed',
      severity: 'permanent',
      reason: 'bounce',
      'delivery-status': { code: 550, message: `5.1.1 ${gone}` },
    }),
    {
      id: 'hTWCTD81RtiDN',
      kind: 'bounce',
      class: 'hard',
      code: 550,
      messageId: '<ed-307.41@papers.example>',
      returnPath: 'bounce+t0ken@b.papers.example',
    },
  ],
  [
    'not for now',
    'mailgun',
    mailgun({
      event: 'failed',
      severity: 'temporary',
      'delivery-status': { code: 498, message: 'No MX for example.com' },
    }),
    { kind: 'delayed', class: null },
  ],
  [
    'bounced before',
    'mailgun',
    mailgun({
      event: 'failed',
      severity: 'permanent',
      reason: 'suppress-bounce',
      'delivery-status': { code: 605, message: 'Not delivering to previously bounced address' },
    }),
    { kind: 'bounce', class: 'soft', code: null },
  ],
  ['a complaint', 'mailgun', mailgun({ event: 'complained' }), { kind: 'complaint', class: 'complaint' }],
  [
    'clicked by a bot',
    'mailgun',
    mailgun({ event: 'clicked', 'client-info': { bot: 'gmail' } }),
    { kind: 'clicked', machine: true },
  ],
  [
    'clicked by no bot',
    'mailgun',
    mailgun({ event: 'clicked', 'client-info': { bot: '' } }),
    { machine: false },
  ],
  ['without an address', 'mailgun', mailgun({ event: 'delivered', recipient: 'nobody' }), null],
  [
    'no such address',
    'postmark',
    postmark({ RecordType: 'Bounce', Type: 'HardBounce', Details: `smtp;550 5.1.1 ${gone}` }),
    {
      id: '901542550',
      at: new Date('2016-04-27T20:28:50.396Z'),
      kind: 'bounce',
      class: 'hard',
      words: `550 5.1.1 ${gone}`,
    },
  ],
  [
    'called hard, with stock words',
    'postmark',
    postmark({
      RecordType: 'Bounce',
      Type: 'HardBounce',
      Description: 'The server was unable to deliver your message (ex: unknown user, mailbox not found).',
    }),
    { class: 'soft' },
  ],
  [
    'not for now',
    'postmark',
    postmark({ RecordType: 'Bounce', Type: 'Transient' }),
    { kind: 'delayed', class: null },
  ],
  ['an automatic reply', 'postmark', postmark({ RecordType: 'Bounce', Type: 'AutoResponder' }), null],
  [
    'a complaint',
    'postmark',
    postmark({ RecordType: 'SpamComplaint', Type: 'SpamComplaint' }),
    { kind: 'complaint' },
  ],
  [
    'left',
    'postmark',
    postmark({
      RecordType: 'SubscriptionChange',
      SuppressSending: true,
      SuppressionReason: 'ManualSuppression',
    }),
    { kind: 'left' },
  ],
  ['back again', 'postmark', postmark({ RecordType: 'SubscriptionChange', SuppressSending: false }), null],
  [
    'no reason told',
    'resend',
    resend('email.bounced', {
      bounce: {
        message:
          "The recipient's email provider sent a hard bounce message, but didn't specify the reason. It can harm your reputation.",
      },
    }),
    {
      id: 'msg_1 reader@example.com',
      at: new Date('2023-10-02T18:11:26.101Z'),
      kind: 'bounce',
      class: 'soft',
    },
  ],
  [
    'no such address',
    'resend',
    resend('email.bounced', { bounce: { diagnosticCode: ['smtp; 550 5.1.1 user unknown'] } }),
    { class: 'hard' },
  ],
  ['a complaint', 'resend', resend('email.complained'), { kind: 'complaint', class: 'complaint' }],
  ['sent', 'resend', resend('email.sent'), null],
  [
    'no such address',
    'brevo',
    brevo({
      event: 'hard_bounce',
      reason: ' RecipientError: 550 5.5.0 Requested action not taken: mailbox unavailable.',
    }),
    {
      kind: 'bounce',
      class: 'hard',
      at: new Date(1520363423_000),
      messageId: '<201803011158.9876543210@smtp-relay.mailin.fr>',
    },
  ],
  [
    'no domain found today',
    'brevo',
    brevo({ event: 'soft_bounce', reason: 'undefined Unable to find MX of domain no-mx.example.com' }),
    { kind: 'bounce', class: 'soft' },
  ],
  [
    'blocked',
    'brevo',
    brevo({ event: 'blocked', reason: 'blocked : due to blacklist user' }),
    { class: 'policy' },
  ],
  [
    'a complaint',
    'brevo',
    brevo({ event: 'complaint', ts_epoch: undefined, ts_event: 1604933654 }),
    { kind: 'complaint', at: new Date(1604933654_000) },
  ],
  ['opened by a proxy', 'brevo', brevo({ event: 'unique_proxy_open' }), { kind: 'opened', machine: true }],
  ['asked for', 'brevo', brevo({ event: 'request' }), null],
]

test.for(cases)('%s, by %s', ([, provider, body, event]) => {
  const events = eventsOf(provider, body)
  const wanted = event ? [{ provider, address: 'reader@example.com', ...event }] : []
  expect(events).toHaveLength(wanted.length)
  expect(events).toMatchObject(wanted)
})

test('an event told again has the same id', () => {
  const told = brevo({ event: 'hard_bounce' })
  expect(eventsOf('brevo', [told, told]).map(({ id }) => id)).toHaveLength(2)
  expect(new Set(eventsOf('brevo', [told, told]).map(({ id }) => id)).size).toBe(1)
})
