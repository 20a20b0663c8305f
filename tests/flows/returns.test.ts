/** An edition goes out through a relay that accepts everything; later some of it comes back, while what takes it in is killed. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Db } from '../../src/db/client.js'
import { sendingParts } from '../../src/deliveries/sender/create-sender.js'
import { sendEdition } from '../../src/deliveries/sender/send-edition.js'
import { compileEdition } from '../../src/editions/compiling/compile.js'
import type { Services } from '../../src/services.js'
import { handInUntilTaken } from '../support/hand-in.js'
import { addEdition, addReaders } from '../support/ledger.js'
import { type RelayStandIn, startRelay } from '../support/relay-stand-in.js'
import { complaint, dsn, leaveAddressOf, leaving } from '../support/returned-mails.js'
import { startCli } from '../support/run-cli.js'
import { testServices } from '../support/services.js'
import { editionOf, shownPapers } from '../support/shown-papers.js'
import { testDatabase } from '../support/test-database.js'
import { freePort } from '../support/free-port.js'
import { until } from '../support/until.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

const readers = 1_000
const kills = 10
const secretKey = 'a-secret-key-only-for-tests-0123456789'
const returnAddress = 'bounce@b.example'

let db: Db
let services: Services
let relay: RelayStandIn
let env: Record<string, string>
let port: number

beforeAll(async () => {
  const database = await testDatabase()
  db = database.db
  relay = await startRelay()
  port = await freePort()
  services = await testServices(db, { RETURN_ADDRESS: returnAddress, MAIL_URL: relay.url })
  env = {
    DATABASE_URL: database.url,
    SECRET_KEY: secretKey,
    RETURN_ADDRESS: returnAddress,
    INBOUND_LISTEN: `smtp://127.0.0.1:${port}`,
  }
})
afterAll(async () => {
  await services.close()
  await relay.close()
})

it('ends everybody as they should, and counts nothing twice', { timeout: 300_000 }, async () => {
  await addReaders(db, readers, { domains: ['one.example', 'two.example'] })
  const compiled = await compileEdition(editionOf(shownPapers(3), { publicUrl: 'http://papers.test' }))
  const edition = await addEdition(db, { sendAt: new Date(), compiled })
  expect(await sendEdition(sendingParts(services), edition)).toMatchObject({ whole: true })
  const sent = relay.received.toSorted((a, b) => (a.to < b.to ? -1 : 1))
  const bounced = sent.slice(0, 100)
  const complained = sent.slice(100, 105)
  const left = sent.slice(105, 125)
  const mails = [
    ...bounced.map((one) => ({ from: '', to: [one.from], raw: dsn(one) })),
    ...complained.map((one) => ({ from: 'feedback@isp.example', to: [one.from], raw: complaint(one) })),
    ...left.map((one) => ({ from: one.to, to: [leaveAddressOf(one)], raw: leaving(one) })),
  ]

  let inbound = startCli(['inbound'], env)
  let over = false
  const killer = (async () => {
    for (let killed = 0; killed < kills; killed++) {
      const taken = await rows('inbound_mail')
      await inbound.said(/Taking mail/)
      await until(async () => (await rows('inbound_mail')) >= Math.min(taken + 5, mails.length))
      inbound.child.kill('SIGKILL')
      await inbound.ended
      inbound = startCli(['inbound'], env)
    }
    over = true
  })()
  // Each once more, since a server that was not answered comes again.
  for (const mail of [...mails, ...mails]) await handInUntilTaken(port, mail)
  await killer
  expect(over).toBe(true)
  await inbound.said(/Taking mail/)
  await until(async () => (await rows(`inbound_mail WHERE state = 'waiting'`)) === 0, { within: 60_000 })
  inbound.child.kill('SIGTERM')
  expect(await inbound.ended).toBe(0)

  expect(await rows('inbound_mail')).toBe(mails.length)
  expect(
    await db.sql('SELECT kind, class, effect, count(*)::int AS n FROM verdict GROUP BY 1, 2, 3 ORDER BY 1'),
  ).toEqual([
    { kind: 'bounce', class: 'hard', effect: 'bounced', n: 100 },
    { kind: 'complaint', class: null, effect: 'complained', n: 5 },
    { kind: 'left', class: null, effect: 'left', n: 20 },
  ])
  const ended = async (status: string) =>
    (
      await db.sql<{ email: string }>(
        'SELECT email FROM subscriber WHERE status = $1 ORDER BY email COLLATE "C"',
        [status],
      )
    ).map(({ email }) => email)
  expect(await ended('bounced')).toEqual(bounced.map(({ to }) => to))
  expect(await ended('complained')).toEqual(complained.map(({ to }) => to))
  expect(await ended('unsubscribed')).toEqual(left.map(({ to }) => to))
  expect(await ended('active')).toHaveLength(readers - 125)
  expect(await rows('suppression')).toBe(105)
})

const rows = async (from: string) =>
  Number((await db.sql<{ n: string }>(`SELECT count(*) AS n FROM ${from}`))[0]?.n)
