import { expect, it } from 'vitest'
import { databaseClock } from '../../src/db/clock.js'
import { testDatabase } from '../support/test-database.js'

const { db } = await testDatabase()

it('a clock that is minutes off is set right by the database', async () => {
  const slow = databaseClock(db, { now: () => new Date(Date.now() - 300_000) })
  const fast = databaseClock(db, { now: () => new Date(Date.now() + 300_000) })
  expect(fast.now().getTime() - slow.now().getTime()).toBeGreaterThan(500_000)
  await Promise.all([slow.measure(), fast.measure()])
  expect(Math.abs(fast.now().getTime() - slow.now().getTime())).toBeLessThan(2_000)
})

it('a database that does not answer stops no clock', async () => {
  const broken = databaseClock({ run: () => Promise.reject(new Error('down')) }, { now: () => new Date(5) })
  expect(broken.now()).toEqual(new Date(5))
  await new Promise((resolve) => setImmediate(resolve))
  expect(broken.now()).toEqual(new Date(5))
})
