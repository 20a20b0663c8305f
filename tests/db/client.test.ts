import { expect, it } from 'vitest'
import { openDb } from '../../src/db/client.js'
import { databaseFault } from '../../src/db/database-fault.js'
import { refusalOf } from '../../src/http/contract/problem.js'
import { silentLog } from '../../src/log.js'
import { testDatabase } from '../support/test-database.js'
import { until } from '../support/until.js'

const { db, url } = await testDatabase()

it('a statement ends at its time-out, in a transaction at the one that was named or at that of bulk work', async () => {
  const hasty = openDb(url, silentLog, { statementMs: 100 })
  const slow = await hasty.sql('SELECT pg_sleep(30)').catch((error: unknown) => error)
  expect(databaseFault(slow)?.state).toBe('57014')
  expect(refusalOf(slow).code).toBe('unavailable')
  const bound = (timeout: 'request' | 'bulk' | null) =>
    hasty.transaction(timeout, (tx) => tx.sql('SHOW statement_timeout'))
  expect(await bound('request')).toEqual([{ statement_timeout: '15s' }])
  for (const timeout of ['bulk', null] as const) {
    expect(await bound(timeout)).toEqual([{ statement_timeout: '30min' }])
  }
  await hasty.close()
  expect(await db.sql('SHOW statement_timeout')).toEqual([{ statement_timeout: '1min' }])
})

it('a transaction whose connection is lost between two statements fails, and the process lives on', async () => {
  const lost = db.transaction(null, async ({ sql: query }) => {
    const [own] = await query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    await db.sql('SELECT pg_terminate_backend($1)', [own?.pid])
    const there = 'SELECT 1 FROM pg_stat_activity WHERE pid = $1'
    await until(async () => (await db.sql(there, [own?.pid])).length === 0)
    await query('SELECT 1')
  })
  await expect(lost).rejects.toThrow('connection')
  expect(await db.transaction(null, ({ sql: query }) => query('SELECT 1 AS one'))).toEqual([{ one: 1 }])
})
