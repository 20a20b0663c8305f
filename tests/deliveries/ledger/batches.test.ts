/** An edition in batches: places, the rows that some of them become, the sums that are kept, and one row a mail for whoever asks. */
import { beforeEach, describe, expect, it } from 'vitest'
import { claimDue } from '../../../src/deliveries/claim/claim.js'
import type { Claimed } from '../../../src/deliveries/ledger/delivery.js'
import { keepLedger } from '../../../src/deliveries/editions/rescue.js'
import { fanOut } from '../../../src/deliveries/editions/fan-out.js'
import { giveBack, takeOverLost } from '../../../src/deliveries/ledger/lease.js'
import { settle } from '../../../src/deliveries/settle/settle.js'
import { settlementOf } from '../../../src/deliveries/settle/settlement.js'
import { readTotals } from '../../../src/deliveries/ledger/totals.js'
import { editionReport, notReached } from '../../../src/deliveries/reports/report.js'
import { retryDeliveries, type RetryOptions } from '../../../src/deliveries/reports/retry-deliveries.js'
import { sendEdition } from '../../../src/deliveries/sender/send-edition.js'
import type { Attempted } from '../../../src/mail/mailer/mailer.js'
import { acceptedBy, addEdition, addReaders, refusedWith, scriptedParts } from '../../support/ledger.js'
import { testDatabase } from '../../support/test-database.js'
import { until } from '../../support/until.js'

const { db } = await testDatabase()
const now = new Date('2026-05-06T06:00:00Z')
const later = (hours: number) => new Date(now.getTime() + hours * 3_600_000)
const parts = (env: NodeJS.ProcessEnv = {}) =>
  scriptedParts(
    db,
    () => now,
    () => acceptedBy('one'),
    { env },
  )
const policy = {
  now,
  retryBaseMs: 1_000,
  inDoubt: 'resend',
  random: 0.5,
  classify: (): 'soft' => 'soft',
} as const
const nothing = async () => {}

beforeEach(async () => {
  await db.sql('TRUNCATE subscriber, suppression, edition, delivery, batch_settle, relay_hour CASCADE')
})

async function fannedOut(readers: number): Promise<number> {
  await addReaders(db, readers, { domains: ['one.example', 'two.example'] })
  const edition = await addEdition(db, { sendAt: now })
  await fanOut(parts().services, edition)
  return edition
}

const claim = async (
  editionId: number,
  options: { cautious?: boolean; limit?: number; leaseMs?: number } = {},
) => (await claimDue(db, { editionId, limit: 100, now, leaseMs: 20_000, ...options })).claimed

const came = (mail: Claimed, attempted: Attempted) => settlementOf(mail, attempted, policy)
const saying = (reply: string): Attempted => ({ ...acceptedBy('one'), reply }) as Attempted

it('keeps replies with characters beyond the basic plane, wherever they part or are cut', async () => {
  const edition = await fannedOut(3)
  const claimed = await claim(edition)
  const replies = ['queued \u{1F600}', 'queued \u{1F601}', `${'x'.repeat(199)}\u{1F600}\0`]
  await settle(
    db,
    claimed.map((mail, i) => came(mail, saying(replies[i] ?? ''))),
    nothing,
  )
  const rows = await db.sql<{ reply: string }>('SELECT reply FROM mail_owed ORDER BY id')
  expect(rows.map(({ reply }) => reply)).toEqual([replies[0], replies[1], 'x'.repeat(199)])
})

it('settles what was refused with a reply that is cut within a character', async () => {
  const edition = await fannedOut(2)
  const claimed = await claim(edition)
  const refused = refusedWith(550, '5.1.1', `${'x'.repeat(999)}\u{1F600}`)
  await settle(
    db,
    claimed.map((mail) => came(mail, refused)),
    nothing,
  )
  const rows = await db.sql<{ length: number }>('SELECT length(reply) FROM attempt')
  expect(rows).toEqual([{ length: 999 }, { length: 999 }])
})

it('says once what replies have in common, and gives each mail its own', async () => {
  const edition = await fannedOut(3)
  const claimed = await claim(edition)
  const ids = ['4bXyZ1', '4bXyZ2', '4bQ']
  await settle(
    db,
    claimed.map((mail, n) => came(mail, saying(`2.0.0 Ok: queued as ${ids[n]}`))),
    nothing,
  )
  expect(await db.sql('SELECT reply, ends, places FROM batch_settle')).toEqual([
    { reply: '2.0.0 Ok: queued as 4b', ends: 'XyZ1\nXyZ2\nQ', places: [0, 1, 2] },
  ])
  const rows = await db.sql<{ reply: string }>('SELECT reply, relay, code FROM mail_owed ORDER BY id')
  expect(rows).toEqual(ids.map((id) => ({ reply: `2.0.0 Ok: queued as ${id}`, relay: 'one', code: 250 })))
})

it('keeps the id of a mail when its place becomes a row, and settles each place once', async () => {
  const edition = await fannedOut(3)
  const [first, second, third] = await claim(edition)
  if (!first || !second || !third) throw new Error('three mails')
  const settlements = [came(first, acceptedBy('one')), came(second, refusedWith(451, '4.3.0', 'later'))]
  expect((await settle(db, settlements, nothing)).size).toBe(2)
  expect((await settle(db, settlements, nothing)).size).toBe(0)
  await giveBack(db, [third], now)
  const rows = await db.sql('SELECT id, status, attempts FROM mail_owed ORDER BY id')
  expect(rows).toEqual([
    { id: first.id, status: 'accepted', attempts: 1 },
    { id: second.id, status: 'deferred', attempts: 1 },
    { id: third.id, status: 'due', attempts: 0 },
  ])
  const again = await claimDue(db, { editionId: edition, limit: 9, now: later(1), leaseMs: 20_000 })
  expect(again.claimed.map(({ id }) => id).sort()).toEqual([second.id, third.id])
})

it('adds to the sums when a batch ends, and keeps what an edition came to', async () => {
  const edition = await fannedOut(50)
  await db.sql(`UPDATE subscriber SET status = 'unsubscribed' WHERE split_part(email_key, '@', 1) = 'r1'`)
  await sendEdition(parts(), edition)
  const domains = await db.sql('SELECT domain, owed, accepted FROM edition_domain ORDER BY domain')
  expect(domains).toEqual([
    { domain: 'one.example', owed: 25, accepted: 25 },
    { domain: 'two.example', owed: 25, accepted: 24 },
  ])
  expect(await db.sql('SELECT relay, accepted FROM relay_hour')).toEqual([{ relay: 'one', accepted: 49 }])
  const [kept] = await db.sql<{ totals: object }>('SELECT totals FROM edition')
  expect(kept?.totals).toMatchObject({ byStatus: { accepted: 49, left_out: 1 }, attempts: { accepted: 49 } })
  expect(await editionReport(db, edition)).toMatchObject({
    owed: 50,
    notSent: [{ status: 'left_out', why: 'unsubscribed', count: 1 }],
  })
})

it('finds all mails of a reader, whichever batch has them', async () => {
  const first = await fannedOut(100)
  const second = await addEdition(db, { sendAt: now })
  await fanOut(parts().services, second)
  const [reader] = await db.sql<{ id: number }>(`SELECT id FROM subscriber ORDER BY id OFFSET 37 LIMIT 1`)
  const mails = await db.sql('SELECT edition_id AS edition, subscriber_id AS reader FROM mails_of($1)', [
    reader?.id,
  ])
  expect(mails.map(({ edition }) => edition).sort((a, b) => Number(a) - Number(b))).toEqual(
    [first, second].sort((a, b) => a - b),
  )
  expect(new Set(mails.map(({ reader: id }) => id))).toEqual(new Set([reader?.id]))
})

describe('held doubt', () => {
  it('is of those places alone that may have been begun', async () => {
    const edition = await fannedOut(20)
    const claimed = await claim(edition, { cautious: true, limit: 4, leaseMs: 1 })
    expect(claimed).toHaveLength(20)
    expect(claimed[0]?.place?.batch.begun).toBe(4)
    await settle(
      db,
      claimed.slice(0, 2).map((mail) => came(mail, acceptedBy('one'))),
      nothing,
    )
    expect(claimed[0]?.place?.batch.begun).toBe(6)
    await until(async () => (await takeOverLost(db, now, 'hold')) > 0)
    expect((await readTotals(db, edition)).byStatus).toMatchObject({ accepted: 2, in_doubt: 4, due: 14 })
    expect((await settle(db, [came(claimed[3] as Claimed, acceptedBy('one'))], nothing)).size).toBe(0)
    expect(await claim(edition)).toHaveLength(14)
  })
})

describe('a batch that is no longer worth sending', () => {
  it('expires as a whole, is listed, and comes back by a retry of one domain alone', async () => {
    const edition = await fannedOut(10)
    const late = { ...parts().services, clock: { now: () => later(25) } }
    await keepLedger(late)
    expect(await editionReport(db, edition)).toMatchObject({
      status: 'sent',
      byStatus: { expired: 10 },
      notSent: [{ status: 'expired', why: 'expired', count: 10 }],
      byDomain: [
        { domain: 'one.example', owed: 5 },
        { domain: 'two.example', owed: 5 },
      ],
    })
    expect(await notReached(db, edition, { after: '0', limit: 100 })).toHaveLength(10)
    const ofTwo: RetryOptions = { only: ['failed'], domain: 'two.example' }
    expect(await db.transaction('job', (tx) => retryDeliveries(tx, edition, ofTwo, later(26)))).toBe(5)
    const again = scriptedParts(
      db,
      () => later(26),
      () => acceptedBy('one'),
    )
    await sendEdition(again, edition)
    expect(again.received).toHaveLength(5)
    expect((await readTotals(db, edition)).byStatus).toMatchObject({ accepted: 5, expired: 5 })
  })
})

describe('beside the release before', () => {
  // Its statements: which editions a worker sends from, what it takes for sent, and how its API resumes one.
  const itsEditions = () => db.sql(`SELECT id FROM edition WHERE status = 'sending'`)
  const itsFinish = () =>
    db.sql(
      `UPDATE edition e SET status = 'sent', finished_at = now() WHERE e.status = 'sending' AND e.fanned_out_at IS NOT NULL
         AND NOT EXISTS (SELECT FROM delivery d WHERE d.edition_id = e.id AND d.status IN ('due', 'deferred', 'in_doubt', 'claimed'))
       RETURNING id`,
    )

  it('an edition in batches is left alone, also after it resumed one', async () => {
    const edition = await fannedOut(3)
    expect(await itsEditions()).toEqual([])
    expect(await itsFinish()).toEqual([])
    await db.sql(`UPDATE edition SET status = 'paused' WHERE id = $1`, [edition])
    await db.sql(`UPDATE edition SET status = 'sending' WHERE id = $1`, [edition])
    expect(await itsFinish()).toEqual([])
    await db.sql(`UPDATE edition SET status = 'sent', finished_at = now() WHERE id = $1`, [edition])
    expect(await db.sql('SELECT status, finished_at FROM edition')).toEqual([
      { status: 'mailing', finished_at: null },
    ])
    expect(await sendEdition(parts(), edition)).toMatchObject({ status: 'sent', whole: true, owed: 3 })
  })

  it('an edition that it fanned out as rows and half sent goes on as rows, to nobody twice', async () => {
    const readers = await addReaders(db, 6)
    const edition = await addEdition(db, { sendAt: now })
    await db.sql(`UPDATE edition SET status = 'sending', fanned_out_at = $2 WHERE id = $1`, [edition, now])
    await db.sql(
      `INSERT INTO delivery (kind, edition_id, subscriber_id, lane, domain, due_at, expires_at, status, settled_at, attempts)
       SELECT 'edition', $1, id, 1, 'one.example', $3, $3::timestamptz + interval '1 day',
         CASE WHEN n <= 3 THEN 'accepted' ELSE 'due' END, CASE WHEN n <= 3 THEN $3::timestamptz END, (n <= 3)::int
       FROM unnest($2::int[]) WITH ORDINALITY r(id, n)`,
      [edition, readers, now],
    )
    const sending = parts()
    expect(await sendEdition(sending, edition)).toMatchObject({ status: 'sent', whole: true, owed: 6 })
    expect(sending.received.map(({ to }) => to).sort()).toEqual([4, 5, 6].map((n) => `r${n}@one.example`))
  })
})
