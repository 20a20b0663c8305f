import { createHmac, sign } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { FastifyInstance } from 'fastify'
import { buildServer } from '../../../src/http/server.js'
import { openSnsClient } from '../../../src/inbound/calls/sns-client.js'
import { takeCall } from '../../../src/inbound/calls/take-call.js'
import { judgeWaiting } from '../../../src/inbound/taking/judge.js'
import { addReaders } from '../../support/ledger.js'
import { makeCertificate } from '../../support/certificate.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

const { db } = await testDatabase()
const clock = stoppedClock('2026-07-01T09:00:00Z')
const seconds = String(clock.now().getTime() / 1_000)
const topic = 'arn:aws:sns:us-east-1:123456789012:SES_Events'
const services = await testServices(
  db,
  { POSTMARK_SECRET: 'a-secret-of-our-own', MAILGUN_SIGNING_KEY: 'a-signing-key', SES_TOPIC_ARN: topic },
  { clock },
)

let app: FastifyInstance
beforeAll(async () => {
  app = await buildServer(services)
})
afterAll(() => app.close())
beforeEach(async () => {
  await db.sql('TRUNCATE subscriber, suppression, delivery, inbound_mail, verdict CASCADE')
  const [id] = await addReaders(db, 1)
  await db.sql(
    `INSERT INTO delivery (kind, subscriber_id, domain, status, settled_at) VALUES ('welcome', $1, 'one.example', 'accepted', now())`,
    [id],
  )
})

const bounce = JSON.stringify({
  RecordType: 'Bounce',
  ID: 4_323_372_036,
  Type: 'HardBounce',
  MessageID: '883953f4-6105-42a2-a16a-77a8eac79483',
  Email: 'r1@one.example',
  BouncedAt: '2026-07-01T08:59:00Z',
  Details: 'smtp;550 5.1.1 The email account that you tried to reach does not exist.',
})

const post = (path: string, payload: string, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: `/api/v1/inbound/${path}`,
    payload,
    headers: { 'content-type': 'application/json', ...headers },
  })
const statuses = async () =>
  (await db.sql<{ status: string }>('SELECT status FROM subscriber')).map(({ status }) => status)
const rows = async (table: string) => (await db.sql(`SELECT 1 FROM ${table}`)).length

describe('a call of a provider', () => {
  it.each(['sendgrid', 'brevo', 'resend', 'resend/with-a-secret'])(
    'answers 404 to %s, which is not configured',
    async (path) => {
      expect((await post(path, bounce)).statusCode).toBe(404)
    },
  )

  it.each([
    ['as the last piece of the path', 'postmark/a-secret-of-our-own', {}],
    ['as a key', 'postmark?key=a-secret-of-our-own', {}],
    ['as a password', 'postmark', { authorization: `Basic ${btoa('any:a-secret-of-our-own')}` }],
  ])('is taken with the secret %s, counts once, and is judged', async (_, path, headers) => {
    expect((await post(path, bounce, headers)).json()).toEqual({ status: 'taken' })
    expect((await post(path, bounce, headers)).json()).toEqual({ status: 'known' })
    expect(await statuses()).toEqual(['active'])
    await judgeWaiting(services)
    expect(await statuses()).toEqual(['bounced'])
    expect([await rows('inbound_mail'), await rows('verdict')]).toEqual([1, 1])
  })

  it('is refused with another secret, and leaves nothing', async () => {
    for (const path of ['postmark', 'postmark/another-secret-of-ours', 'postmark?key=a-secret-of-our-ow']) {
      expect((await post(path, bounce)).statusCode).toBe(401)
    }
    expect((await post('postmark/a-secret-of-our-own', 'x'.repeat(1_100_000))).statusCode).toBe(413)
    expect((await post('postmark/a-secret-of-our-own', '{"RecordType":"Open"}')).json()).toEqual({
      status: 'nothing',
    })
    expect(await rows('inbound_mail')).toBe(0)
  })

  it('has a token that is good once, since Mailgun does not sign the body', async () => {
    const call = (recipient: string, id: string) => {
      const token = 'a-token'
      const signature = createHmac('sha256', 'a-signing-key')
        .update(seconds + token)
        .digest('hex')
      const event = { event: 'complained', id, recipient, timestamp: Number(seconds) }
      return JSON.stringify({ signature: { timestamp: seconds, token, signature }, 'event-data': event })
    }
    expect((await post('mailgun', call('nobody@one.example', '1'))).json()).toEqual({ status: 'taken' })
    expect((await post('mailgun', call('r1@one.example', '2'))).json()).toEqual({ status: 'known' })
    await judgeWaiting(services)
    expect(await statuses()).toEqual(['active'])
    expect(await db.sql('SELECT state FROM inbound_mail')).toEqual([{ state: 'unplaced' }])
  })

  it('by way of SNS asks for the certificate once and confirms a subscription of our topic alone', async () => {
    const at = clock.now()
    const { pem, key } = makeCertificate('sns.amazonaws.com', at, new Date(at.getTime() + 86_400_000))
    const host = 'https://sns.us-east-1.amazonaws.com'
    const message = (topicArn: string) => {
      const fields = {
        Message: 'You have chosen to subscribe',
        MessageId: 'an-id',
        SubscribeURL: `${host}/?Action=ConfirmSubscription&TopicArn=${topicArn}&Token=T`,
        Timestamp: at.toISOString(),
        Token: 'T',
        TopicArn: topicArn,
        Type: 'SubscriptionConfirmation',
      }
      const text = Object.entries(fields)
        .map(([name, value]) => `${name}\n${value}\n`)
        .join('')
      const Signature = sign('sha256', Buffer.from(text), key).toString('base64')
      const SigningCertURL = `${host}/SimpleNotificationService-1a.pem`
      return Buffer.from(JSON.stringify({ ...fields, Signature, SigningCertURL, SignatureVersion: '2' }))
    }
    const asked: string[] = []
    const sns = openSnsClient(async (url) => {
      asked.push(url.pathname)
      return pem
    })
    const tell = (arn: string) => takeCall({ ...services, sns }, 'ses', { headers: {}, body: message(arn) })
    expect(await tell(topic)).toBe('nothing')
    expect(await tell(`${topic}2`)).toBe('refused')
    expect(await tell(topic)).toBe('nothing')
    expect(asked).toEqual(['/SimpleNotificationService-1a.pem', '/', '/'])
  })
})
