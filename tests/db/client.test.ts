import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { inTransaction } from '../../src/db/client.js'
import { testDatabase } from '../support/test-database.js'

const { db } = await testDatabase()

it('a transaction whose connection is lost between two statements fails, and the process lives on', async () => {
  const lost = inTransaction(db, async (query) => {
    const [own] = await query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    await db.sql('SELECT pg_terminate_backend($1)', [own?.pid])
    await sleep(50)
    await query('SELECT 1')
  })
  await expect(lost).rejects.toThrow('connection')
  expect(await inTransaction(db, (query) => query('SELECT 1 AS one'))).toEqual([{ one: 1 }])
})
