import { beforeEach, describe, expect, it } from 'vitest'
import type { Db } from '../../../src/db/client.js'
import { claimDue } from '../../../src/deliveries/claim/claim.js'
import { extendLeases, giveBack, takeOverLost } from '../../../src/deliveries/ledger/lease.js'
import { fanOut } from '../../../src/deliveries/editions/fan-out.js'
import { settle } from '../../../src/deliveries/settle/settle.js'
import { settlementOf } from '../../../src/deliveries/settle/settlement.js'
import { type LetThrough, oweMail } from '../../../src/mail/owe.js'
import { acceptedBy, addEdition, addReaders, scriptedParts } from '../../support/ledger.js'
import { testDatabase } from '../../support/test-database.js'
import { until } from '../../support/until.js'

const { db } = await testDatabase()
const now = new Date('2026-05-06T06:00:00Z')
const needs = scriptedParts(
  db,
  () => now,
  () => acceptedBy('one'),
).services
const leaseMs = 20_000

beforeEach(async () => {
  await db.sql('TRUNCATE subscriber, suppression, edition, delivery CASCADE')
})

const statuses = async (of: Db = db) =>
  Object.fromEntries(
    (
      await of.sql<{ status: string; count: number }>(
        'SELECT status, count(*)::int AS count FROM mail_owed GROUP BY 1 ORDER BY 1',
      )
    ).map(({ status, count }) => [status, count]),
  )

describe('fan-out', () => {
  it('owes one mail to each active reader whose frequency it is', async () => {
    await addReaders(db, 3)
    await addReaders(db, 2, { prefix: 'w', frequency: 'weekly' })
    await addReaders(db, 2, { prefix: 'd', frequency: 'weekdays' })
    await addReaders(db, 1, { prefix: 'p', status: 'pending' })
    const daily = await addEdition(db, { sendAt: now })
    const weekly = await addEdition(db, { sendAt: now, kind: 'weekly' })
    expect([await fanOut(needs, daily), await fanOut(needs, weekly)]).toEqual([5, 2])
    const rows = await db.sql('SELECT DISTINCT status, due_at, expires_at, domain FROM mail_owed')
    expect(rows).toEqual([
      {
        status: 'due',
        due_at: now,
        expires_at: new Date('2026-05-07T06:00:00Z'),
        domain: 'one.example',
      },
    ])
  })

  it('happens once, also when two do it at the same time', async () => {
    await addReaders(db, 50)
    const edition = await addEdition(db, { sendAt: now })
    const results = await Promise.all([1, 2, 3].map(() => fanOut(needs, edition)))
    expect(results.filter((rows) => rows !== null)).toEqual([50])
    expect(await fanOut(needs, edition)).toBeNull()
    expect(await statuses()).toEqual({ due: 50 })
  })

  it('keeps to the hour, the weekdays and the pause of each reader', async () => {
    await addReaders(db, 5)
    const set = (n: number, columns: string) =>
      db.sql(`UPDATE subscriber SET ${columns} WHERE email_key = 'r${n}@one.example'`)
    await set(1, `timezone = 'Asia/Tokyo', hour = 7`)
    await set(2, `paused_until = '2026-05-07'`)
    await set(3, `paused_until = '2026-05-06'`)
    await set(4, `timezone = 'Nowhere/Land', hour = 9`)
    await fanOut(needs, await addEdition(db, { sendAt: now }))
    const rows = await db.sql<{ email: string; due_at: Date }>(
      'SELECT email, due_at FROM mail_owed d JOIN subscriber s ON s.id = d.subscriber_id ORDER BY email',
    )
    expect(rows.map(({ email, due_at }) => [email.slice(0, 2), due_at.toISOString()])).toEqual([
      ['r1', '2026-05-06T22:00:00.000Z'],
      ['r3', '2026-05-06T06:00:00.000Z'],
      ['r4', '2026-05-06T09:00:00.000Z'],
      ['r5', '2026-05-06T06:00:00.000Z'],
    ])
  })
})

describe('claiming', () => {
  const request = (editionId: number | null, limit = 100) => ({
    editionId,
    limit,
    now,
    leaseMs,
    zone: 'UTC',
  })

  it('gives each mail to one of many workers', async () => {
    await addReaders(db, 100)
    const edition = await addEdition(db, { sendAt: now })
    await fanOut(needs, edition)
    const results = await Promise.all([1, 2, 3, 4, 5, 6].map(() => claimDue(db, request(edition, 40))))
    const ids = results.flatMap(({ claimed }) => claimed.map(({ id }) => id))
    expect(ids).toHaveLength(100)
    expect(new Set(ids).size).toBe(100)
  })

  it('leaves out who unsubscribed, is suppressed or was erased since fan-out, and says why', async () => {
    await addReaders(db, 5)
    const edition = await addEdition(db, { sendAt: now })
    await fanOut(needs, edition)
    await db.sql(`UPDATE subscriber SET status = 'unsubscribed' WHERE email_key = 'r1@one.example'`)
    await db.sql(
      `INSERT INTO suppression (email_key, hash, reason) VALUES ('r2@one.example', 'x', 'complained')`,
    )
    await db.sql(`DELETE FROM subscriber WHERE email_key = 'r3@one.example'`)
    const { claimed } = await claimDue(db, request(edition))
    expect(claimed.map(({ address }) => address).sort()).toEqual(['r4@one.example', 'r5@one.example'])
    const left = await db.sql(`SELECT reason FROM mail_owed WHERE status = 'left_out' ORDER BY reason`)
    expect(left).toEqual([
      { reason: 'erased' },
      { reason: 'suppressed: complained' },
      { reason: 'unsubscribed' },
    ])
  })

  it('claims nothing of an edition that is paused, held, cancelled or not due yet', async () => {
    await addReaders(db, 2)
    const edition = await addEdition(db, { sendAt: now })
    await fanOut(needs, edition)
    const early = { ...request(edition), now: new Date(now.getTime() - 1) }
    expect((await claimDue(db, early)).claimed).toEqual([])
    for (const status of ['paused', 'held', 'cancelled']) {
      await db.sql('UPDATE edition SET status = $1', [status])
      expect((await claimDue(db, request(edition))).claimed).toEqual([])
    }
    await db.sql(`UPDATE edition SET status = 'sending'`)
    expect((await claimDue(db, request(edition))).claimed).toHaveLength(2)
  })

  it('gives confirmations to readers who are pending, and welcomes only to active ones', async () => {
    const [id = 0] = await addReaders(db, 1, { status: 'pending' })
    const mail = { subscriberId: id, domain: 'one.example', payload: { about: 'test' }, dueAt: now }
    await oweMail(db, { ...mail, kind: 'confirmation' })
    await oweMail(db, { ...mail, kind: 'welcome' })
    await oweMail(db, {
      ...mail,
      kind: 'notice',
      to: { email: 'new@two.example', domain: 'two.example' } as LetThrough,
    })
    const { claimed } = await claimDue(db, request(null))
    expect(claimed.map(({ kind, address, payload }) => ({ kind, address, payload }))).toEqual([
      { kind: 'confirmation', address: 'r1@one.example', payload: { about: 'test' } },
      { kind: 'notice', address: 'new@two.example', payload: { about: 'test' } },
    ])
  })

  it('gives up a mail that comes too late for its day', async () => {
    await addReaders(db, 1)
    const edition = await addEdition(db, { sendAt: now })
    await fanOut(needs, edition)
    const late = { ...request(edition), now: new Date(now.getTime() + 86_400_000) }
    expect((await claimDue(db, late)).claimed).toEqual([])
    expect(await statuses()).toEqual({ expired: 1 })
  })
})

describe('a lease', () => {
  async function claimedRows(leaseMs: number) {
    await addReaders(db, 3)
    const edition = await addEdition(db, { sendAt: now })
    await fanOut(needs, edition)
    const { claimed } = await claimDue(db, { editionId: edition, limit: 10, now, leaseMs, zone: 'UTC' })
    return { edition, claimed }
  }
  const accepted = (rows: Awaited<ReturnType<typeof claimedRows>>['claimed']) =>
    rows.map((row) =>
      settlementOf(row, acceptedBy('one'), {
        now,
        retryBaseMs: 1,
        inDoubt: 'resend',
        random: 0.5,
        classify: () => 'soft',
      }),
    )
  const nothing = async () => {}

  it('is taken over once it has run out, and its old holder can settle nothing', async () => {
    const { edition, claimed } = await claimedRows(1)
    await until(async () => (await takeOverLost(db, now, 'resend')) === 1)
    expect(await statuses()).toEqual({ due: 3 })
    const again = await claimDue(db, { editionId: edition, limit: 10, now, leaseMs, zone: 'UTC' })
    expect((await settle(db, accepted(claimed), nothing)).size).toBe(0)
    expect(await statuses()).toEqual({ claimed: 3 })
    expect((await settle(db, accepted(again.claimed), nothing)).size).toBe(3)
    expect(await statuses()).toEqual({ accepted: 3 })
    expect(await db.sql('SELECT sum(attempts)::int AS tries FROM mail_owed')).toEqual([{ tries: 3 }])
  })

  it('that was lost is held for a human when so configured', async () => {
    const { edition } = await claimedRows(1)
    await until(async () => (await takeOverLost(db, now, 'hold')) === 1)
    expect(await statuses()).toEqual({ in_doubt: 3 })
    expect(
      (await claimDue(db, { editionId: edition, limit: 10, now, leaseMs, zone: 'UTC' })).claimed,
    ).toEqual([])
  })

  it('holds when it is lengthened in time', async () => {
    const { claimed } = await claimedRows(500)
    const [first] = await db.sql<{ ends: Date }>('SELECT max(lease_until) AS ends FROM batch')
    expect((await extendLeases(db, claimed, 20_000)).size).toBe(3)
    const isOver = 'SELECT clock_timestamp() > $1 AS over'
    await until(async () => (await db.sql<{ over: boolean }>(isOver, [first?.ends]))[0]?.over)
    expect(await takeOverLost(db, now, 'resend')).toBe(0)
  })

  it('is given back with the status that the row had', async () => {
    const { claimed } = await claimedRows(leaseMs)
    await giveBack(db, claimed, now)
    expect(await statuses()).toEqual({ due: 3 })
    expect((await settle(db, accepted(claimed), nothing)).size).toBe(0)
  })
})
