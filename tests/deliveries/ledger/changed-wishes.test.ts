/** What a reader changed after fan-out counts at the claim, and a 5yz is for good. */
import { beforeAll, expect, it } from 'vitest'
import type { Db } from '../../../src/db/client.js'
import { claimDue } from '../../../src/deliveries/claim/claim.js'
import type { Claimed } from '../../../src/deliveries/ledger/delivery.js'
import { fanOut } from '../../../src/deliveries/editions/fan-out.js'
import { settlementOf } from '../../../src/deliveries/settle/settlement.js'
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
