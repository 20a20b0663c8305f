/** Who may tell us of events: known vectors of each provider, and what is turned away. */
import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Call } from '../../../src/inbound/providers/call.js'
import { providers } from '../../../src/inbound/providers/providers.js'

const call = (headers: Call['headers'], body: string, secret?: string): Call => ({
  headers,
  body: Buffer.from(body),
  secret,
})
const seconds = (at: number) => new Date(at * 1_000)

/** As published beside SendGrid's own library. */
const sendGrid = {
  key: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaWjcMMsTbhdbcwHBcepxo7yAQGhHPTnlvFYPAZFceEu/1FwCM/QmGUhA==',
  otherKey:
    'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqTxd43gyp8IOEto2LdIfjRQrIbsd4SXZkLW6jDutdhXSJCWHw8REntlo7aNDthvj+y7GjUuFDb/R1NGe1OPzpA==',
  signature:
    'MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH2j/0=',
  badSignature:
    'MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH3j/0=',
  at: 1588788367,
  body: '{"category":"example_payload","event":"test_event","message_id":"message_id"}',
}

const fromSendGrid = (signature: string | undefined, timestamp: string, body = sendGrid.body) =>
  call(
    {
      'x-twilio-email-event-webhook-signature': signature,
      'x-twilio-email-event-webhook-timestamp': timestamp,
    },
    body,
  )

test.for([
  ['as published', {}, 'genuine'],
  ['another key', { key: sendGrid.otherKey }, 'forged'],
  ['another body', { body: 'payload' }, 'forged'],
  ['another signature', { signature: sendGrid.badSignature }, 'forged'],
  ['no base64', { signature: '%%%' }, 'forged'],
  ['another time', { timestamp: '1588788368' }, 'forged'],
  ['a time in words', { timestamp: 'timestamp' }, 'forged'],
  ['two days later', { now: sendGrid.at + 2 * 86_400 }, 'stale'],
  ['an hour early', { now: sendGrid.at - 3_600 }, 'stale'],
] as const)('SendGrid, %s: %s', ([, changed, state]) => {
  const { key, signature, timestamp, body, now } = {
    key: sendGrid.key,
    signature: sendGrid.signature,
    timestamp: String(sendGrid.at),
    body: sendGrid.body,
    now: sendGrid.at + 60,
    ...changed,
  }
  const checked = providers.sendgrid.check(fromSendGrid(signature, timestamp, body), key, seconds(now))
  expect(checked.state).toBe(state)
})

test('SendGrid without a signature is forged, and a key that is none is a fault of ours', () => {
  const unsigned = fromSendGrid(undefined, String(sendGrid.at))
  expect(providers.sendgrid.check(unsigned, sendGrid.key, seconds(sendGrid.at)).state).toBe('forged')
  const signed = fromSendGrid(sendGrid.signature, String(sendGrid.at))
  expect(() => providers.sendgrid.check(signed, 'no key', seconds(sendGrid.at))).toThrow('no public key')
})

/** As published with the specification of Standard Webhooks. */
const standard = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  at: 1614265330,
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
}
const other = 'v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc='

test.for([
  ['as published', {}, 'genuine'],
  [
    'among others',
    { signature: `${other} v2,${standard.signature.slice(3)} ${standard.signature}` },
    'genuine',
  ],
  ['without its mark', { secret: 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }, 'genuine'],
  ['only others', { signature: `${other} ${other}` }, 'forged'],
  ['only its beginning', { signature: standard.signature.slice(0, 8) }, 'forged'],
  ['empty', { signature: 'v1,' }, 'forged'],
  ['another version', { signature: `v2,${standard.signature.slice(3)}` }, 'forged'],
  ['another id', { id: 'msg_2' }, 'forged'],
  ['another body', { body: '{}' }, 'forged'],
  ['a time in words', { at: 'hello' }, 'forged'],
  ['six minutes later', { now: standard.at + 360 }, 'stale'],
  ['six minutes early', { now: standard.at - 360 }, 'stale'],
] as const)('Resend, %s: %s', ([, changed, state]) => {
  const { secret, id, at, body, signature, now } = { ...standard, now: standard.at + 10, ...changed }
  for (const name of ['svix', 'webhook']) {
    const headers = {
      [`${name}-id`]: id,
      [`${name}-timestamp`]: String(at),
      [`${name}-signature`]: signature,
    }
    expect(providers.resend.check(call(headers, body), secret, seconds(now)).state).toBe(state)
  }
})

const mailgunKey = 'TEST_WEBHOOK_SIGNING_KEY'
const token = '651869375b9df3c98fc15c4889b102119add1235c38fc92824'
const mailgunAt = 1534108637
const hmac = (key: string, text: string) => createHmac('sha256', key).update(text).digest('hex')

test.for([
  ['rightly signed', {}, 'genuine'],
  ['another key', { signature: hmac('wrong signing key', `${mailgunAt}${token}`) }, 'forged'],
  ['another token', { token: 'x' }, 'forged'],
  ['nothing', { signature: '' }, 'forged'],
  ['half a day later', { now: mailgunAt + 12 * 3_600 }, 'stale'],
] as const)('Mailgun, %s: %s', ([, changed, state]) => {
  const given = {
    token,
    signature: hmac(mailgunKey, `${mailgunAt}${token}`),
    now: mailgunAt + 60,
    ...changed,
  }
  const { now, ...signature } = { timestamp: String(mailgunAt), ...given }
  const body = JSON.stringify({ signature, 'event-data': { event: 'delivered' } })
  const checked = providers.mailgun.check(call({}, body), mailgunKey, seconds(now))
  expect(checked).toEqual(state === 'genuine' ? { state, once: token } : { state })
})

const basic = (credentials: string) => ({
  authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
})

test.for([
  ['in the URL', {}, 's3cret', 'genuine'],
  ['as a password', basic('anybody:s3cret'), undefined, 'genuine'],
  ['wrong in the URL', {}, 's3cre', 'forged'],
  ['wrong as a password', basic('anybody:S3cret'), undefined, 'forged'],
  ['as a name', basic('s3cret:'), undefined, 'forged'],
  ['not at all', {}, undefined, 'forged'],
  ['empty', basic(':'), '', 'forged'],
] as const)('Postmark and Brevo, the secret %s: %s', ([, headers, secret, state]) => {
  for (const name of ['postmark', 'brevo'] as const) {
    expect(providers[name].check(call(headers, '{}', secret), 's3cret', new Date()).state).toBe(state)
  }
})

test('with a name in the setting, both name and password must be given', () => {
  const check = (credentials: string) =>
    providers.postmark.check(call(basic(credentials), '{}'), 'papers:s3cret', new Date()).state
  expect(check('papers:s3cret')).toBe('genuine')
  expect(check('anybody:s3cret')).toBe('forged')
})

test.for(Object.entries(providers))('%s turns hostile bodies away', ([, { events }]) => {
  const bodies = [
    '',
    '[',
    '[]',
    'null',
    '"x"',
    '[null,1,[],{}]',
    '['.repeat(200_000),
    `{"a":"${'x'.repeat(2_000_000)}"}`,
  ]
  for (const body of bodies) expect(events(call({ 'svix-id': 'a' }, body))).toEqual([])
})
