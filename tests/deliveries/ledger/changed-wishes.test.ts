/** What a reader changed after fan-out counts at the claim, and a 5yz is for good. */
import { beforeAll, expect, it } from 'vitest'
import type { Db } from '../../../src/db/client.js'
import { claimDue } from '../../../src/deliveries/claim/claim.js'
import type { Claimed } from '../../../src/deliveries/ledger/delivery.js'
import { fanOut } from '../../../src/deliveries/editions/fan-out.js'
import { settlementOf } from '../../../src/deliveries/settle/settlement.js'
import { takeOverLost } from '../../../src/deliveries/ledger/lease.js'
import { addEdition, addReaders, refusedWith } from '../../support/ledger.js'
import { testDatabase } from '../../support/test-database.js'

const sendAt = new Date('2026-08-05T06:00:00Z')
const now = new Date('2026-08-05T06:00:10Z')
let db: Db

beforeAll(async () => {
  ;({ db } = await testDatabase())
})

it('leaves out who paused or took another rhythm, and waits for a moved hour', async () => {
  const [paused, weekly, moved, earlier, same] = await addReaders(db, 5)
  const edition = await addEdition(db, { sendAt })
  const clock = { now: () => now }
  await fanOut({ db, clock, config: { timezone: 'UTC', canaryPercent: 0 } }, edition)
  await db.sql(`UPDATE subscriber SET paused_until = '2026-08-20' WHERE id = $1`, [paused])
  await db.sql(`UPDATE subscriber SET frequency = 'weekly' WHERE id = $1`, [weekly])
  await db.sql(`UPDATE subscriber SET hour = 20, timezone = 'Europe/Vienna' WHERE id = $1`, [moved])
  await db.sql(`UPDATE subscriber SET paused_until = '2026-08-05' WHERE id = $1`, [earlier])
  const request = { editionId: edition, limit: 10, now, leaseMs: 20_000 }
  const { claimed } = await claimDue(db, request)
  expect(claimed.map(({ subscriberId }) => subscriberId).sort((a, b) => a - b)).toEqual(
    [earlier, same].sort((a, b) => Number(a) - Number(b)),
  )
  const rows = await db.sql(
    `SELECT subscriber_id AS id, status, reason, due_at AS "dueAt" FROM delivery
     WHERE status <> 'claimed' ORDER BY subscriber_id`,
  )
  expect(rows).toEqual([
    { id: paused, status: 'left_out', reason: 'paused', dueAt: expect.anything() },
    { id: weekly, status: 'left_out', reason: 'another rhythm', dueAt: expect.anything() },
    { id: moved, status: 'due', reason: null, dueAt: new Date('2026-08-05T18:00:00Z') },
  ])
  const evening = await claimDue(db, { ...request, now: new Date('2026-08-05T18:00:01Z') })
  expect(evening.claimed.map(({ subscriberId }) => subscriberId)).toEqual([moved])
})

it('keeps a weekend edition for Monday where the reader has meanwhile chosen weekdays', async () => {
  const { db } = await testDatabase()
  const [inBatch, inRow] = await addReaders(db, 2)
  const saturday = new Date('2026-08-08T06:00:00Z')
  const edition = await addEdition(db, { sendAt: saturday })
  const clock = { now: () => saturday }
  await fanOut({ db, clock, config: { timezone: 'UTC', canaryPercent: 0 } }, edition)
  await db.sql(`UPDATE subscriber SET frequency = 'weekly' WHERE id <> ALL ($1)`, [[inBatch, inRow]])
  await db.sql(`UPDATE subscriber SET hour = 8 WHERE id = $1`, [inRow])
  const request = { editionId: edition, limit: 10, leaseMs: 20_000 }
  const claimAt = async (at: string) =>
    (await claimDue(db, { ...request, now: new Date(at) })).claimed.map(({ subscriberId }) => subscriberId)
  await db.sql(`UPDATE subscriber SET frequency = 'weekdays' WHERE id = $1`, [inBatch])
  // One has a row of their own by now, since their hour was still to come.
  expect(await claimAt('2026-08-08T06:00:10Z')).toEqual([])
  await db.sql(`UPDATE subscriber SET frequency = 'weekdays', hour = NULL WHERE id = $1`, [inRow])
  expect(await claimAt('2026-08-08T08:00:10Z')).toEqual([])
  expect(await claimAt('2026-08-10T05:59:50Z')).toEqual([])
  expect(new Set(await claimAt('2026-08-10T06:00:10Z'))).toEqual(new Set([inBatch, inRow]))
})

it('sends what a lost worker left in doubt before what is merely due', async () => {
  const { db } = await testDatabase()
  const edition = await addEdition(db, { sendAt })
  const readers = await addReaders(db, 3)
  await db.sql(
    `INSERT INTO delivery (kind, edition_id, subscriber_id, lane, status, domain, due_at, expires_at, created_at, claim, lease_until)
     SELECT 'edition', $1, r.id, 1, r.status, 'mail.test', $2, $2::timestamptz + interval '1 day', $2,
       CASE WHEN r.status = 'claimed' THEN gen_random_uuid() END,
       CASE WHEN r.status = 'claimed' THEN now() - interval '1 second' END
     FROM unnest($3::int[], $4::text[]) AS r(id, status)`,
    [edition, sendAt, readers, ['due', 'due', 'claimed']],
  )
  await db.sql(`UPDATE edition SET status = 'sending' WHERE id = $1`, [edition])
  await takeOverLost(db, now, 'resend')
  const { claimed } = await claimDue(db, { editionId: edition, limit: 1, now, leaseMs: 20_000 })
  expect(claimed).toMatchObject([{ subscriberId: readers[2], was: 'in_doubt' }])
})

it.each([
  [552, '5.2.2'],
  [551, null],
  [550, null],
  [550, '5.7.1'],
])('gives up at once after %i %s, whatever it is taken for', (code, enhanced) => {
  const delivery = { attempts: 0, expiresAt: new Date('2026-08-06T06:00:00Z') } as Claimed
  for (const refusal of ['soft', 'policy', 'hard', 'ours'] as const) {
    const policy = { now, retryBaseMs: 1_000, inDoubt: 'resend', random: 0, classify: () => refusal } as const
    const settled = settlementOf(delivery, refusedWith(code, enhanced), policy)
    expect(settled).toMatchObject({ status: 'rejected', dueAt: null })
  }
})
