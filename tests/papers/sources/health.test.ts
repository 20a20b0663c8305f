import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Db } from '../../../src/db/client.js'
import { noteAnswer } from '../../../src/papers/sources/arxiv/turn.js'
import { sourceHealth } from '../../../src/papers/sources/health.js'
import { storeLook } from '../../../src/papers/store-look.js'
import { testDatabase } from '../../support/test-database.js'

let db: Db
const now = new Date('2026-07-22T06:00:00Z')
const health = () => sourceHealth(db, { now: () => now })

beforeAll(async () => {
  ;({ db } = await testDatabase())
})
beforeEach(() => db.sql('TRUNCATE look, source_turn'))

const look = (day: string, at: string, outcome: 'ok' | 'empty' | 'failed') =>
  db.transaction('request', (tx) =>
    storeLook(tx, {
      source: 'hub',
      day,
      at: new Date(at),
      outcome,
      papers: 0,
      skipped: 0,
      fault: outcome === 'failed' ? 'broken: status 500' : null,
    }),
  )

describe('the health of a source', () => {
  it('is unknown before anybody has asked', async () => {
    expect(await health()).toEqual([
      {
        source: 'hub',
        state: 'never-asked',
        lastSuccessAt: null,
        lastFaultAt: null,
        lastFault: null,
        failuresInARow: 0,
        lagSeconds: null,
        daysBehind: null,
      },
    ])
  })

  it('is bad while looks fail, and tells since when and why', async () => {
    await look('2026-07-19', '2026-07-20T00:30:00Z', 'empty')
    await look('2026-07-20', '2026-07-20T17:00:00Z', 'ok')
    await look('2026-07-20', '2026-07-21T00:30:00Z', 'failed')
    await look('2026-07-21', '2026-07-22T00:30:00Z', 'failed')
    expect(await health()).toEqual([
      {
        source: 'hub',
        state: 'failing',
        lastSuccessAt: new Date('2026-07-20T17:00:00Z'),
        lastFaultAt: new Date('2026-07-22T00:30:00Z'),
        lastFault: 'broken: status 500',
        failuresInARow: 2,
        lagSeconds: 37 * 3600,
        // The 20th was seen while it was open only.
        daysBehind: 2,
      },
    ])
  })

  it('is good again after a success, and the last fault stays to be seen', async () => {
    await look('2026-07-21', '2026-07-22T00:30:00Z', 'failed')
    await look('2026-07-21', '2026-07-22T05:30:00Z', 'ok')
    await noteAnswer(db, 'arxiv', new Date('2026-07-22T05:00:00Z'), 'timed-out: no full answer within 30 s')
    expect(await health()).toMatchObject([
      {
        source: 'arxiv',
        state: 'failing',
        lastSuccessAt: null,
        lastFault: 'timed-out: no full answer within 30 s',
      },
      {
        source: 'hub',
        state: 'good',
        failuresInARow: 0,
        lagSeconds: 1800,
        daysBehind: 0,
        lastFault: 'broken: status 500',
      },
    ])
    await noteAnswer(db, 'arxiv', new Date('2026-07-22T05:30:00Z'), null)
    expect((await health())[0]).toMatchObject({ state: 'good', lagSeconds: 1800 })
  })
})
