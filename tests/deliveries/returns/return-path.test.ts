import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../src/config/config.js'
import { secretsOf } from '../../../src/config/secrets.js'
import { ownToken, readToken, tagOf, taggedAddress } from '../../../src/deliveries/returns/return-path.js'
import { sendEdition } from '../../../src/deliveries/sender/send-edition.js'
import { sendingParts } from '../../../src/deliveries/sender/create-sender.js'
import { compileEdition } from '../../../src/editions/compiling/compile.js'
import { addEdition, addReaders } from '../../support/ledger.js'
import { startRelay } from '../../support/relay-stand-in.js'
import { testServices } from '../../support/services.js'
import { editionOf, shownPapers } from '../../support/shown-papers.js'
import { testDatabase } from '../../support/test-database.js'

const old = 'an-older-secret-key-of-the-tests-0123456789'
const secrets = secretsOf(`a-newer-secret-key-of-the-tests-0123456789,${old}`)
const edition = { editionId: 1234, subscriberId: 2_000_000_000, epoch: 35 }
const row = { deliveryId: '9007199254740991' }

describe('a token of a mail that was owed', () => {
  it.each([edition, row])('is read back, under an older key too, and in any case: %o', (owed) => {
    const token = ownToken(secrets, 'bounce', owed)
    expect(readToken(secrets, 'bounce', token)).toEqual(owed)
    expect(readToken(secrets, 'bounce', token.toUpperCase())).toEqual(owed)
    expect(readToken(secrets, 'bounce', ownToken(secretsOf(old), 'bounce', owed))).toEqual(owed)
  })

  it('is good for its purpose and its mail alone', () => {
    const token = ownToken(secrets, 'bounce', edition)
    expect(readToken(secrets, 'leave', token)).toBeNull()
    expect(readToken(secretsOf('another-secret-key-of-the-tests-0123456789'), 'bounce', token)).toBeNull()
    for (let at = 0; at < token.length; at++) {
      const other = token[at] === '1' ? '2' : '1'
      expect(readToken(secrets, 'bounce', token.slice(0, at) + other + token.slice(at + 1))).toBeNull()
    }
  })

  it('fits a local part, and is found behind its plus sign', () => {
    const longest = { editionId: 2_147_483_647, subscriberId: 2_147_483_647, epoch: 2_147_483_647 }
    const token = ownToken(secrets, 'bounce', longest)
    const address = taggedAddress('bounce-and-more@b.example', token)
    expect(address.split('@')[0]?.length).toBeLessThanOrEqual(64)
    expect(readToken(secrets, 'bounce', tagOf(address) ?? '')).toEqual(longest)
    expect(
      ['', 'a', 'a@b', '+@', '@', `e-${'a'.repeat(500)}`].map((text) => readToken(secrets, 'bounce', text)),
    ).toEqual(Array.from({ length: 6 }).fill(null))
  })
})

describe('a mail that is sent', async () => {
  const { db } = await testDatabase()
  const [id = 0] = await addReaders(db, 1)
  const editionId = await addEdition(db, {
    sendAt: new Date('2026-07-22T06:00:00Z'),
    compiled: await compileEdition(editionOf(shownPapers(3), { publicUrl: 'http://papers.test' })),
  })

  it('names itself where it comes back to, in its Message-ID and where its reader leaves', async () => {
    const relay = await startRelay()
    const env = {
      RETURN_ADDRESS: 'bounce@b.example',
      REPLY_TO: 'The Desk <desk@b.example>',
      MAIL_URL: relay.url,
    }
    const services = await testServices(db, env)
    await sendEdition(sendingParts(services), editionId)
    await services.close()
    await relay.close()
    const [mail] = relay.received
    const owed = { editionId, subscriberId: id, epoch: 0 }
    const tokenIn = (purpose: 'bounce' | 'leave' | 'message', text: string | undefined) =>
      readToken(services.secrets, purpose, text ?? '')
    expect(tokenIn('bounce', /^bounce\+(.*)@b\.example$/.exec(mail?.from ?? '')?.[1])).toEqual(owed)
    const header = mail?.message.replaceAll(/\r\n[ \t]+/g, ' ') ?? ''
    expect(tokenIn('message', /^Message-ID: <edition\.(.*)@localhost>\r$/m.exec(header)?.[1])).toEqual(owed)
    const ways = /^List-Unsubscribe: <(http[^>]+)>, <mailto:leave\+(.*)@b\.example>\r$/m.exec(header)
    expect(tokenIn('leave', ways?.[2])).toEqual(owed)
    expect(header).toMatch(/^Reply-To: "?The Desk"? <desk@b\.example>\r$/m)
  })
})

it.each([
  ['RETURN_ADDRESS', 'bounce'],
  ['RETURN_ADDRESS', 'leave@b.example'],
  ['RETURN_ADDRESS', `${'b'.repeat(15)}@b.example`],
  ['INBOUND_LISTEN', 'http://127.0.0.1:25'],
  ['SES_TOPIC_ARN', 'arn:aws:sqs:eu-west-1:123456789012:mail'],
  ['SENDGRID_PUBLIC_KEY', 'no key'],
  ['POSTMARK_SECRET', 'short'],
  ['RESEND_WEBHOOK_SECRET', 'nothing'],
])('%s cannot be %s', (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(name)
})
