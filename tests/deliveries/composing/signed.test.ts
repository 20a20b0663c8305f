/** Messages are signed where they are composed: all that reaches a relay is, and what can't be signed waits. */
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { runBroadcastLane } from '../../../src/deliveries/lanes/lanes.js'
import { sendingParts } from '../../../src/deliveries/sender/create-sender.js'
import { sendEdition } from '../../../src/deliveries/sender/send-edition.js'
import { fanOut } from '../../../src/deliveries/editions/fan-out.js'
import { signed } from '../../../src/deliveries/composing/signed.js'
import { acceptedBy, addEdition, addReaders, scriptedParts } from '../../support/ledger.js'
import { startRelay } from '../../support/relay-stand-in.js'
import { testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

const { db } = await testDatabase()
const folder = mkdtempSync(join(tmpdir(), 'signed-'))
afterAll(() => rm(folder, { recursive: true }))

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
writeFileSync(join(folder, 'rsa.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
const record = `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`
const compiled = {
  subject: 'Papers',
  html: { head: '<p>head</p>', cards: ['<b>one</b>'], foot: '@@UNSUBSCRIBE_URL@@' },
  text: { head: 'head', cards: ['one'], foot: '@@UNSUBSCRIBE_URL@@' },
}

beforeEach(async () => {
  await db.sql('TRUNCATE subscriber, suppression, edition, delivery CASCADE')
})

it('every message of an edition, also one announced with the end of the one before', async () => {
  const relay = await startRelay()
  const services = await testServices(db, {
    MAIL_URL: relay.url,
    MAIL_FROM: 'Papers <papers@example.org>',
    DKIM_DOMAIN: 'example.org',
    DKIM_SELECTOR: 'one',
    DKIM_KEY_FILE: join(folder, 'rsa.pem'),
  })
  await addReaders(db, 12)
  const edition = await addEdition(db, { sendAt: services.clock.now(), compiled })
  expect(await sendEdition(sendingParts(services), edition)).toMatchObject({ whole: true, done: 12 })
  await services.close()
  await relay.close()
  const verdicts = await Promise.all(
    relay.received.map(async ({ message }) => {
      const { results } = await dkimVerify(Buffer.from(message), { resolver: async () => [[record]] })
      return results.map(({ status }) => status.result)
    }),
  )
  expect(verdicts).toEqual(Array.from({ length: 12 }, () => ['pass']))
})

it('a row whose message could not be signed is tried again, and no try is counted', async () => {
  let faults = 3
  const sending = scriptedParts(
    db,
    () => new Date(),
    () => acceptedBy('one'),
    { env: { RETRY_SECONDS: '1' } },
  )
  const signer = {
    sign: async () => {
      if (faults > 0) throw new Error(`no more than ${(faults -= 1)}`)
      return Buffer.from('DKIM-Signature: x\r\n')
    },
  }
  await addReaders(db, 1)
  const edition = await addEdition(db, { sendAt: new Date() })
  await fanOut(sending.services, edition)
  const stop = new AbortController()
  const parts = {
    ...sending,
    compose: signed(sending.compose, signer),
    onSettled: (settled: { status: string }[]) => {
      if (settled.some(({ status }) => status === 'accepted')) stop.abort()
    },
  }
  await runBroadcastLane(parts, stop.signal, edition)
  expect(sending.received.map(({ messageId }) => messageId.startsWith('DKIM-Signature: x'))).toEqual([true])
  expect(await db.sql('SELECT status, attempts FROM mail_owed')).toEqual([
    { status: 'accepted', attempts: 1 },
  ])
})
