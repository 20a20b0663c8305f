/** A reader's mails: the same as among all, and found without reading everybody's. */
import { expect, it } from 'vitest'
import { fanOut } from '../../../src/deliveries/editions/fan-out.js'
import { sendEdition } from '../../../src/deliveries/sender/send-edition.js'
import { acceptedBy, addEdition, addReaders, refusedWith, scriptedParts } from '../../support/ledger.js'
import { testDatabase } from '../../support/test-database.js'

const { db } = await testDatabase()
const sendAt = new Date('2026-05-06T06:00:00Z')

it('holds what all mails hold of each reader, whatever became of it', async () => {
  await addReaders(db, 30)
  for (let day = 0; day < 3; day += 1) {
    const at = new Date(sendAt.getTime() + day * 86_400_000)
    const relay = (to: string) => (to.startsWith('r3@') ? refusedWith(550, '5.1.1') : acceptedBy('one'))
    const parts = scriptedParts(db, () => at, relay)
    const edition = await addEdition(db, { sendAt: at })
    await fanOut(parts.services, edition)
    if (day < 2) await sendEdition(parts, edition)
  }
  const differing = await db.sql(
    `SELECT s.id FROM subscriber s WHERE
       ARRAY(SELECT m::text FROM mails_of(s.id) m ORDER BY m.id)
       <> ARRAY(SELECT o::text FROM mail_owed o WHERE o.subscriber_id = s.id ORDER BY o.id)`,
  )
  expect(differing).toEqual([])
  const statuses = await db.sql<{ status: string }>('SELECT DISTINCT status FROM mail_owed ORDER BY 1')
  expect(statuses.map(({ status }) => status)).toEqual(
    expect.arrayContaining(['accepted', 'due', 'rejected']),
  )
})

it('reads the batches of one reader alone, however many there are', async () => {
  const edition = await addEdition(db, { sendAt })
  await db.sql(
    `INSERT INTO batch (edition_id, due_at, expires_at, created_at, first_reader, last_reader, readers, accepted, apart, status, ended_at)
     SELECT $1, $2, $2, $2, n * 10, n * 10 + 9, ARRAY(SELECT generate_series(n * 10, n * 10 + 9)), B'1111111111', B'0000000000', 'done', $2
     FROM generate_series(100, 30100) n`,
    [edition, sendAt],
  )
  await db.sql('ANALYZE batch')
  const read = await db.transaction('request', async (tx) => {
    const mails = await tx.sql('SELECT id FROM mails_of(5555)')
    expect(mails).toHaveLength(1)
    const [row] = await tx.sql<{ rows: string }>(
      `SELECT seq_tup_read + idx_tup_fetch AS rows FROM pg_stat_xact_user_tables WHERE relname = 'batch'`,
    )
    return Number(row?.rows)
  })
  expect(read).toBeLessThan(1_000)
})
