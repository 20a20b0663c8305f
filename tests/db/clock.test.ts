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
  expect(fast.offMs?.()).toBeGreaterThan(298_000)
  expect(slow.offMs?.()).toBeLessThan(-298_000)
})

it('a database that does not answer stops no clock', async () => {
  const broken = databaseClock({ run: () => Promise.reject(new Error('down')) }, { now: () => new Date(5) })
  expect(broken.now()).toEqual(new Date(5))
  await new Promise((resolve) => setImmediate(resolve))
  expect(broken.now()).toEqual(new Date(5))
})

it('a clock that is moved an hour moves nothing, and is set right at once', async () => {
  let moved = 0
  let asked = 0
  const counted: Pick<typeof db, 'run'> = {
    run: (...question) => {
      asked += 1
      return db.run(...question)
    },
  }
  const clock = databaseClock(counted, { now: () => new Date(Date.now() + moved) })
  await clock.measure()
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  for (moved of [3_600_000, -3_600_000]) {
    const before = asked
    expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(2_000)
    if (asked === before) await clock.measure()
    expect(asked).toBe(before + 1)
    await expect.poll(() => Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(2_000)
  }
})
