/** What came back: complaints by domain as Gmail counts them, the gate that they close, and who is told. */
import { beforeEach, expect, it } from 'vitest'
import { inspectEdition } from '../../../src/editions/gates/inspect.js'
import { readEditionById } from '../../../src/editions/store.js'
import { findTroubles } from '../../../src/operations/alerts/watch.js'
import { complaintRates, returnsByDay, returnsByRelay } from '../../../src/operations/figures/returns.js'
import { readSettings, writeSettings } from '../../../src/operations/settings.js'
import { addEdition, addReaders } from '../../support/ledger.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

const { db } = await testDatabase()
const clock = stoppedClock('2026-07-10T09:00:00Z')
const services = await testServices(db, {}, { clock })

beforeEach(() => db.sql('TRUNCATE subscriber, edition, delivery, verdict, setting CASCADE'))

/** An edition of that day that a domain took in batches. */
async function wentOut(day: string, domain: string, accepted: number): Promise<number> {
  const at = new Date(`${day}T06:00:00Z`)
  const id = await addEdition(db, { sendAt: at })
  await db.sql('UPDATE edition SET fanned_out_at = $2 WHERE id = $1', [id, at])
  await db.sql('INSERT INTO edition_domain (edition_id, domain, owed, accepted) VALUES ($1, $2, $3, $3)', [
    id,
    domain,
    accepted,
  ])
  return id
}

async function cameBack(editionId: number, domain: string, day: string, kind: string, count: number) {
  const readers = await addReaders(db, count, { domains: [domain], prefix: `${kind}${editionId}-` })
  for (const reader of readers) {
    await db.sql(
      `INSERT INTO verdict (at, kind, class, words, domain, subscriber_id, edition_id, effect)
       VALUES ($1, $2, CASE WHEN $2 = 'bounce' THEN 'hard' END, '', $3, $4, $5, 'none')`,
      [new Date(`${day}T08:00:00Z`), kind, domain, reader, editionId],
    )
  }
}

it('counts complaints of the mail that reached a mailbox, over the days and on the worst one', async () => {
  const first = await wentOut('2026-07-08', 'a.example', 1_000)
  const second = await wentOut('2026-07-09', 'a.example', 1_000)
  await wentOut('2026-07-09', 'b.example', 500)
  await cameBack(first, 'a.example', '2026-07-08', 'bounce', 200)
  await cameBack(first, 'a.example', '2026-07-08', 'complaint', 2)
  await cameBack(second, 'a.example', '2026-07-09', 'complaint', 1)
  await db.sql(`INSERT INTO verdict (at, kind, words, domain, subscriber_id, edition_id, effect)
    SELECT at, kind, words, domain, subscriber_id, edition_id, effect FROM verdict WHERE kind = 'complaint'`)
  const [worst, other] = await complaintRates(db, 7, clock.now())
  expect(worst).toEqual({
    domain: 'a.example',
    accepted: 2_000,
    bounced: 200,
    complaints: 3,
    share: 3 / 1_800,
    worst: { day: '2026-07-08', share: 2 / 800 },
    level: 'watch',
  })
  expect(other).toMatchObject({ domain: 'b.example', complaints: 0, share: 0, worst: null, level: 'fine' })
  await db.sql(`UPDATE verdict SET undone_at = now(), undone_by = 'cli' WHERE kind = 'complaint'`)
  expect((await complaintRates(db, 7, clock.now()))[0]).toMatchObject({ complaints: 0, level: 'fine' })
})

it('tells each day, also one on which nothing came back, and the relay that had taken the mail', async () => {
  const edition = await wentOut('2026-07-08', 'a.example', 10)
  await cameBack(edition, 'a.example', '2026-07-08', 'bounce', 2)
  const days = await returnsByDay(db, 3, clock.now())
  expect(days.map(({ day, hard, complaints }) => [day, hard, complaints])).toEqual([
    ['2026-07-08', 2, 0],
    ['2026-07-09', 0, 0],
    ['2026-07-10', 0, 0],
  ])
  await db.sql(`INSERT INTO delivery (kind, edition_id, subscriber_id, domain, status, relay, settled_at)
    SELECT 'edition', edition_id, subscriber_id, domain, 'accepted', 'mx.example', at FROM verdict LIMIT 1`)
  expect(await returnsByRelay(db, 7, clock.now())).toEqual([
    { relay: 'mx.example', kind: 'bounce', class: 'hard', verdicts: 1 },
    { relay: 'unknown', kind: 'bounce', class: 'hard', verdicts: 1 },
  ])
})

it('holds the next edition above the bounds that the operator sets, and tells them', async () => {
  const before = await wentOut('2026-07-08', 'a.example', 1_000)
  await cameBack(before, 'a.example', '2026-07-09', 'complaint', 4)
  const empty = { head: '', cards: [], foot: '' }
  const compiled = { subject: '', html: empty, text: empty }
  const next = await readEditionById(db, await addEdition(db, { sendAt: clock.now(), compiled }))
  const gates = async () => {
    const bounds = (await readSettings(db)).gates
    const found = next ? await inspectEdition(db, services, next, { bounds }) : []
    return found.map(({ gate }) => gate)
  }
  expect(await gates()).toContain('complaints')
  expect((await findTroubles(services)).join()).toMatch(/4 of 1000 mails to a\.example were complained of/)
  const settings = await readSettings(db)
  const wider = { ...settings, gates: { ...settings.gates, complaintShare: 0.004 } }
  await db.transaction('request', (tx) =>
    writeSettings(tx, clock, wider, { who: 'cli', why: 'a test', requestId: null }, () => {}),
  )
  expect(await gates()).not.toContain('complaints')
  expect((await findTroubles(services)).join()).not.toMatch(/complained/)
})

it('keeps what an operator had set before there were these bounds', async () => {
  await db.sql(`INSERT INTO setting (name, value, updated_at) VALUES ('operator', $1, now())`, [
    JSON.stringify({
      gates: { sameShare: 0.4, audienceShare: 0.3, audienceLeast: 100, htmlBytes: 80_000 },
      alerts: { emails: [], webhooks: [], deadManMinutes: 120 },
    }),
  ])
  expect((await readSettings(db)).gates).toMatchObject({
    sameShare: 0.4,
    complaintShare: 0.003,
    bounceLeast: 20,
  })
})

it('tells what others have against our mail once it is more than a few, without addresses', async () => {
  const refuse = (count: number) =>
    db.sql(
      `INSERT INTO verdict (at, kind, class, words, domain, effect)
       SELECT $1, 'bounce', 'policy', '550 blocked: reader@a.example', 'a.example', 'told' FROM generate_series(1, $2::int)`,
      [clock.now(), count],
    )
  await refuse(4)
  expect((await findTroubles(services)).join()).not.toMatch(/came back/)
  await refuse(1)
  const told = (await findTroubles(services)).join()
  expect(told).toMatch(/5 mails came back for policy in 24 hours \(a\.example 5\)/)
  expect(told).not.toMatch(/reader@/)
})
