/** Addresses beyond ASCII before the @: taken by every way in when the relay can send to them, by none otherwise. */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { addSubscriber } from '../../src/operations/subscribers/change.js'
import type { Services } from '../../src/services.js'
import { importSubscribers } from '../../src/subscribers/import/import.js'
import { requestChange } from '../../src/subscribers/preferences/change-address.js'
import { buildServer } from '../../src/http/server.js'
import { startWorker, type Worker } from '../../src/worker.js'
import { linksOf, type Mailbox, openMailbox } from '../support/mailbox.js'
import { boundless, evidence, statusOf } from '../support/readers.js'
import { testServices } from '../support/services.js'
import { testDatabase } from '../support/test-database.js'
import { until } from '../support/until.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

const { db } = await testDatabase()
const quietSource = { name: 'none', day: async () => ({ papers: [], skipped: [] }) }
const because = 'beyond ASCII'

let mailbox: Mailbox
let services: Services
let worker: Worker | undefined
let app: FastifyInstance

async function open(relay: { utf8: boolean }, options: { worker: boolean }): Promise<void> {
  await db.sql('TRUNCATE subscriber, suppression, delivery, worker, signup_guard CASCADE')
  mailbox = await openMailbox(relay)
  services = { ...(await testServices(db, { MAIL_URL: mailbox.url })), limits: boundless } as Services
  worker = options.worker ? startWorker(services, quietSource) : undefined
  app = await buildServer(services)
  if (worker) await saidBySomeWorker()
}

/** Until a worker has told what its relay offers. */
async function saidBySomeWorker(): Promise<void> {
  const told = () => db.sql(`SELECT 1 FROM worker WHERE relays->0->>'smtpUtf8' IS NOT NULL`)
  await until(async () => (await told()).length > 0)
}

afterEach(async () => {
  await worker?.close()
  await app.close()
  await services.close()
  await mailbox.close()
})

const signUp = (email: string) =>
  app.inject({ method: 'POST', url: '/api/v1/subscribers', payload: { email } })

async function importing(csv: string) {
  const faults: string[] = []
  const onFault = (_: number, reason: string) => faults.push(reason)
  const report = await importSubscribers(services, Readable.from([Buffer.from(csv)]), { onFault })
  return { report, faults }
}

const author = { who: 'a test', why: null, requestId: null }

async function anySubscriber(email: string): Promise<number> {
  await importing(`email\n${email}\n`)
  const [row] = await db.sql<{ id: number }>('SELECT id FROM subscriber WHERE email = $1', [email])
  return row?.id ?? 0
}

describe('with a relay that offers SMTPUTF8', () => {
  it('a reader signs up and confirms, by mails sent with SMTPUTF8', { timeout: 60_000 }, async () => {
    await open({ utf8: true }, { worker: true })
    expect((await signUp('Jörg.Müller@Example.org')).statusCode).toBe(202)
    const email = 'Jörg.Müller@example.org'
    const [confirmation] = await mailbox.mailsTo(email, 1)
    const link = linksOf(confirmation as NonNullable<typeof confirmation>).find((url) =>
      url.includes('/confirm/'),
    )
    await app.inject({ method: 'POST', url: new URL(link ?? '').pathname })
    expect(await statusOf(db, 'JÖRG.MÜLLER@example.org')).toBe('active')
    await mailbox.mailsTo(email, 2)
    expect(mailbox.mails.map(({ utf8 }) => utf8)).toEqual([true, true])
    // RFC 6532: the address stands in the header as it is, in UTF-8.
    expect(mailbox.mails[0]?.raw).toContain(`To: <${email}>\r\n`)
    expect((await signUp('plain@example.org')).statusCode).toBe(202)
    await mailbox.mailsTo('plain@example.org', 1)
    expect(mailbox.mails.at(-1)?.utf8).toBe(false)
  })

  it('a file, an operator and a change of address bring them as well', async () => {
    await open({ utf8: true }, { worker: true })
    expect(await importing('email\nбоб@example.org\nБОБ@example.org\n')).toMatchObject({
      report: { added: 1, unchanged: 1 },
      faults: [],
    })
    expect(await addSubscriber(services, { email: '用户@example.org' }, author)).toMatchObject({
      email: '用户@example.org',
      status: 'active',
    })
    await requestChange(services, await anySubscriber('old@example.org'), 'nöw@example.org', evidence)
    const [mail] = await mailbox.mailsTo('nöw@example.org', 1)
    expect(mail?.subject).toContain('confirm your new address')
  })

  it('no worker is needed to know it', async () => {
    await open({ utf8: true }, { worker: false })
    expect((await importing('email\nбоб@example.org\n')).report).toMatchObject({ added: 1 })
    expect((await signUp('jörg@example.org')).statusCode).toBe(202)
  })
})

describe.each([
  ['a worker', true],
  ['no worker', false],
])('with a relay that does not offer SMTPUTF8, and %s', (_, work) => {
  it('every way in says why such an address is refused, and nothing is written', async () => {
    await open({ utf8: false }, { worker: work })
    const refused = await signUp('jörg@example.org')
    expect([refused.statusCode, refused.json().detail]).toEqual([422, expect.stringContaining(because)])
    const form = await app.inject({
      method: 'POST',
      url: '/api/v1/subscribers',
      payload: 'email=j%C3%B6rg%40example.org',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(form.body).toContain(because)
    expect(await importing('email\nбоб@example.org\nbob@example.org\n')).toMatchObject({
      report: { added: 1, refused: 1 },
      faults: [expect.stringContaining(because)],
    })
    await expect(addSubscriber(services, { email: '用户@example.org' }, author)).rejects.toThrow(because)
    const id = await anySubscriber('old@example.org')
    await expect(requestChange(services, id, 'nöw@example.org', evidence)).rejects.toThrow(because)
    expect(await db.sql('SELECT email FROM subscriber ORDER BY email')).toEqual([
      { email: 'bob@example.org' },
      { email: 'old@example.org' },
    ])
  })
})

it('one relay of several that does not offer it is enough to refuse', async () => {
  await open({ utf8: true }, { worker: true })
  const both = [{ smtpUtf8: true }, { smtpUtf8: null }]
  await db.sql(
    `INSERT INTO worker (id, name, started_at, seen_at, relays) VALUES (gen_random_uuid(), 'w', now(), now(), $1)`,
    [JSON.stringify(both)],
  )
  expect((await signUp('jörg@example.org')).statusCode).toBe(422)
  await db.sql(`UPDATE worker SET seen_at = now() - interval '1 minute' WHERE name = 'w'`)
  expect((await signUp('jörg@example.org')).statusCode).toBe(202)
})
