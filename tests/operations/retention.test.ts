/** What came in is kept for evidence, and never grows beyond its bound, whoever sends it. */
import { expect, it } from 'vitest'
import { forgetOperatorRows } from '../../src/operations/retention.js'
import { stoppedClock } from '../support/services.js'
import { testDatabase } from '../support/test-database.js'

const { db } = await testDatabase()
const clock = stoppedClock('2026-07-01T09:00:00Z')

it('keeps the newest mails as far as there is room, and what the others were judged to be', async () => {
  await db.sql(
    `INSERT INTO inbound_mail (fingerprint, via, received_at, raw, size, state, kind, judged_at)
     SELECT sha256(convert_to(state || n, 'UTF8')), 'smtp', $1, convert_to(repeat('x', 1000), 'UTF8'), 1000, state,
       CASE WHEN state <> 'waiting' THEN 'reply' END, CASE WHEN state <> 'waiting' THEN $1::timestamptz END
     FROM generate_series(1, 20) n, unnest(ARRAY['judged', 'unplaced', 'waiting']) AS state ORDER BY n`,
    [clock.now()],
  )
  await forgetOperatorRows({ db, clock }, 5_000)
  const rows = await db.sql<{ state: string; mails: number; kept: number; oldest: number }>(
    `SELECT state, count(*)::int AS mails, count(raw)::int AS kept, count(raw) FILTER (WHERE id <= 45)::int AS oldest
     FROM inbound_mail GROUP BY state ORDER BY state`,
  )
  expect(rows).toEqual([
    { state: 'judged', mails: 20, kept: 5, oldest: 0 },
    { state: 'unplaced', mails: 20, kept: 5, oldest: 0 },
    { state: 'waiting', mails: 20, kept: 20, oldest: 15 },
  ])
})
