/** The bound of a relay holds for all workers together, and one relay's bound holds up no other one. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { fanOut } from '../../../src/deliveries/editions/fan-out.js'
import { runWaitedLane } from '../../../src/deliveries/lanes/lanes.js'
import { bookRelayTurns } from '../../../src/deliveries/rates/relay-slots.js'
import { sendEdition } from '../../../src/deliveries/sender/send-edition.js'
import { readThrottles } from '../../../src/deliveries/throttle/throttle-store.js'
import { pauseEdition } from '../../../src/editions/building/steer.js'
import { silentLog } from '../../../src/log.js'
import { oweMail } from '../../../src/mail/owe.js'
import { Relays } from '../../../src/mail/smtp/relays.js'
import { acceptedBy, addEdition, addReaders, scriptedParts } from '../../support/ledger.js'
import { type RelayStandIn, startRelay } from '../../support/relay-stand-in.js'
import { testDatabase } from '../../support/test-database.js'
import { until } from '../../support/until.js'

const { db } = await testDatabase()
const sendAt = new Date('2026-05-06T06:00:00Z')
const closing: (() => Promise<void>)[] = []

beforeEach(async () => {
  await db.sql('TRUNCATE subscriber, suppression, edition, delivery, throttle CASCADE')
})
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** A relay that notes when each mail came. */
async function countingRelay(): Promise<RelayStandIn & { times: number[] }> {
  const times: number[] = []
  const relay = await startRelay({
    body: () => {
      times.push(performance.now())
      return '250 2.0.0 queued'
    },
  })
  closing.push(() => relay.close())
  return { ...relay, times }
}

/** A worker with connections of its own, as another process would have. */
function worker(...urls: string[]) {
  const started = Date.now()
  const now = () => new Date(sendAt.getTime() + Date.now() - started)
  const parts = scriptedParts(db, now, () => acceptedBy('nobody'))
  const mailer = new Relays(urls, silentLog, bookRelayTurns(db))
  closing.push(() => mailer.close())
  return { ...parts, services: { ...parts.services, mailer } }
}

async function fannedOut(readers: number): Promise<number> {
  await addReaders(db, readers)
  const edition = await addEdition(db, { sendAt })
  await fanOut(worker('smtp://127.0.0.1:9').services, edition)
  return edition
}

it('two workers keep the bound together, and make use of it', async () => {
  const relay = await countingRelay()
  const edition = await fannedOut(150)
  const workers = [1, 2].map(() => worker(`${relay.url}?rate=50`))
  const summaries = await Promise.all(workers.map((one) => sendEdition(one, edition)))
  expect(summaries.map(({ whole }) => whole)).toEqual([true, true])
  expect(relay.times).toHaveLength(150)
  // Never more than had flowed in by then, but for what came late to the relay.
  const early = relay.times.map((at, n) => n - ((at - (relay.times[0] ?? 0)) * 50) / 1_000)
  expect(Math.max(...early)).toBeLessThan(12)
  const seconds = ((relay.times.at(-1) ?? 0) - (relay.times[0] ?? 0)) / 1_000
  expect(150 / seconds).toBeGreaterThan(30)
  expect(await readThrottles(db)).toEqual([
    { scope: 'relay', key: new URL(relay.url).host, rate: 50, ceiling: 50, slowedAt: null },
  ])
})

it('a slow relay holds up neither another one nor mail that somebody waits for', async () => {
  const [slow, fast] = [await countingRelay(), await countingRelay()]
  const edition = await fannedOut(300)
  const one = worker(`${slow.url}?rate=5&connections=10`, `${fast.url}?connections=10`)
  const stop = new AbortController()
  const sending = sendEdition(one, edition, { signal: stop.signal })
  await until(() => fast.times.length >= 200)
  expect(slow.times.length).toBeLessThanOrEqual(20)
  const waited = runWaitedLane(one, stop.signal)
  const [reader] = await db.sql<{ id: number }>('SELECT id FROM subscriber LIMIT 1')
  const before = slow.times.length + fast.times.length
  await oweMail(db, {
    kind: 'notice',
    subscriberId: reader?.id ?? 0,
    domain: 'one.example',
    payload: {},
    dueAt: sendAt,
  })
  const waitedFor = () =>
    [...slow.received, ...fast.received].some(({ message }) => message.startsWith('notice'))
  await until(() => waitedFor() || slow.times.length + fast.times.length >= 300)
  expect(waitedFor()).toBe(true)
  expect(before).toBeGreaterThanOrEqual(200)
  stop.abort()
  await Promise.all([sending, waited])
})

it('a pause reaches those that stand in line', async () => {
  const relay = await countingRelay()
  const edition = await fannedOut(20)
  const stop = new AbortController()
  const one = worker(`${relay.url}?rate=1`)
  const sending = sendEdition(one, edition, { signal: stop.signal })
  await until(() => relay.times.length > 0)
  await pauseEdition(db, edition, new Date())
  await sending
  const before = relay.times.length
  // Nothing stands in line that would still be sent.
  await one.services.mailer.close()
  expect(relay.times).toHaveLength(before)
  expect(before).toBeLessThan(5)
  expect(await db.sql(`SELECT DISTINCT status FROM mail_owed WHERE status <> 'accepted'`)).toEqual([
    { status: 'due' },
  ])
})

it('who is told to stop leaves the line, and their mails are due as before', async () => {
  const relay = await countingRelay()
  const edition = await fannedOut(20)
  const stop = new AbortController()
  const sending = sendEdition(worker(`${relay.url}?rate=1`), edition, { signal: stop.signal })
  await until(() => relay.times.length > 0)
  const began = performance.now()
  stop.abort()
  await sending
  expect(performance.now() - began).toBeLessThan(3_000)
  const left = await db.sql<{ status: string; attempts: number }>(
    `SELECT DISTINCT status, attempts FROM mail_owed WHERE status <> 'accepted'`,
  )
  expect(left).toEqual([{ status: 'due', attempts: 0 }])
})
