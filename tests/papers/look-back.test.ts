import { expect, it } from 'vitest'
import { silentLog } from '../../src/log.js'
import { lookBack } from '../../src/papers/ingest.js'
import { SourceError } from '../../src/papers/source.js'
import { testDatabase } from '../support/test-database.js'

const { db } = await testDatabase()
const services = { db, clock: { now: () => new Date('2026-05-07T07:00:00Z') }, log: silentLog }

it('gives a source up that has failed for three days in a row, only where that is asked for', async () => {
  const asked: string[] = []
  const source = {
    name: 'hub',
    day: (day: string) => {
      asked.push(day)
      return Promise.reject(new SourceError('unreachable', 'it is away'))
    },
  }
  expect(await lookBack(services, source, '2026-05-06', 800, 3)).toHaveLength(3)
  expect(asked).toHaveLength(3)
  expect(await lookBack(services, source, '2026-05-06', 5)).toHaveLength(5)
})
