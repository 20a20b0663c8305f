/** What comes in is taken at once while nothing goes out, and one by one while an edition does. */
import { beforeEach, expect, it } from 'vitest'
import { GivingWay } from '../../../src/inbound/taking/pace.js'
import { addEdition } from '../../support/ledger.js'
import { testDatabase } from '../../support/test-database.js'

const { db } = await testDatabase()

beforeEach(() => db.sql('TRUNCATE edition CASCADE'))

/** How many pieces of work are done at the same time, of five that are begun at once. */
async function abreast(): Promise<number> {
  const pace = new GivingWay(db)
  let now = 0
  let most = 0
  const work = async () => {
    now += 1
    most = Math.max(most, now)
    await db.sql('SELECT 1')
    now -= 1
    return now
  }
  await Promise.all(Array.from({ length: 5 }, () => pace.run(work)))
  return most
}

it('all at once while nothing goes out', async () => {
  expect(await abreast()).toBeGreaterThan(1)
})

it('one after another while a worker holds a batch, and a fault is its own alone', async () => {
  const edition = await addEdition(db, { sendAt: new Date() })
  await db.sql(
    `INSERT INTO batch (edition_id, due_at, expires_at, created_at, first_reader, last_reader, readers, accepted, apart, status, claim, lease_until)
     VALUES ($1, now(), now(), now(), 1, 1, '{1}', B'0', B'0', 'claimed', gen_random_uuid(), now() + interval '1 minute')`,
    [edition],
  )
  expect(await abreast()).toBe(1)
  const pace = new GivingWay(db)
  await expect(pace.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await pace.run(async () => 7)).toBe(7)
})
