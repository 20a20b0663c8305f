import { expect, it } from 'vitest'
import { crashDrill } from './crash.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

it('loses nothing when workers are killed, the database is struck down and the relay fails', {
  timeout: 120_000,
}, async () => {
  const result = await crashDrill({
    seed: 4711,
    deliveries: 200,
    kills: 2,
    restarts: 1,
    connections: 5,
    leaseSeconds: 2,
    limitSeconds: 90,
    delayMs: 40,
    tell: () => {},
  })
  expect(result.broken).toEqual([])
  expect(result).toMatchObject({ owed: 200, accepted: 200, received: 200, lost: 0 })
  expect(result.resumedSeconds).toBeLessThan(30)
})

it('sends nothing while it is paused, and loses nothing where batches, exceptions and a pause meet', {
  timeout: 120_000,
}, async () => {
  const result = await crashDrill({
    seed: 815,
    deliveries: 300,
    kills: 1,
    restarts: 0,
    pauses: 1,
    deferring: 0.2,
    connections: 5,
    leaseSeconds: 2,
    limitSeconds: 90,
    delayMs: 60,
    tell: () => {},
  })
  expect(result.broken).toEqual([])
  expect(result).toMatchObject({ owed: 300, accepted: 300, received: 300, lost: 0 })
  expect(result.deferred).toBeGreaterThan(20)
})
