/** A database that was away, and a public address that is gone, are told; and cleared. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeAll, describe, expect, it } from 'vitest'
import { alert } from '../../src/jobs/alert.js'
import { reach } from '../../src/jobs/schedule.js'
import { publicUrlGone } from '../../src/operations/doctor/reach.js'
import { findTroubles, watchForAlerts } from '../../src/operations/alerts/watch.js'
import type { Services } from '../../src/services.js'
import { stoppedClock, testServices } from '../support/services.js'
import { testDatabase } from '../support/test-database.js'

const clock = stoppedClock('2026-08-05T05:00:00Z')
let services: Services

beforeAll(async () => {
  const { db } = await testDatabase()
  services = await testServices(db, {}, { clock })
})

const alerts = (kind: string) =>
  services.db.sql<{ open: boolean; text: string }>(
    'SELECT cleared_at IS NULL AS open, text FROM alert WHERE kind = $1',
    [kind],
  )

describe('a database that was away', () => {
  /** As a job sees it while the server takes no changes; the pool is the same. */
  const failing = async (times: number) => {
    const { db } = services
    await db.sql('ALTER TABLE job RENAME TO job_away')
    await db.sql(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$`)
    await db.sql('CREATE TABLE job (LIKE job_away INCLUDING ALL)')
    await db.sql('CREATE TRIGGER refuse BEFORE INSERT ON job FOR EACH ROW EXECUTE FUNCTION refuse()')
    for (let n = 0; n < times; n += 1) await expect(alert(services)).rejects.toThrow('no room')
    await db.sql('DROP TABLE job')
    await db.sql('DROP FUNCTION refuse')
    await db.sql('ALTER TABLE job_away RENAME TO job')
  }

  it('is told once it works again, and cleared by the next watch', async () => {
    await failing(2)
    await alert(services)
    expect(await alerts('database-away')).toEqual([
      { open: true, text: expect.stringMatching(/From 2026-08-05T05:00:00.*no room left.*works again/) },
    ])
    await alert(services)
    expect(await alerts('database-away')).toEqual([{ open: false, text: expect.any(String) }])
    await alert(services)
    expect(await alerts('database-away')).toHaveLength(1)
  })

  it('is told by the watch, whoever else looks for troubles before', async () => {
    await services.db.sql('DELETE FROM alert')
    await failing(2)
    expect((await findTroubles(services)).filter((text) => text.includes('works again'))).toHaveLength(1)
    await alert(services)
    expect(await alerts('database-away')).toEqual([{ open: true, text: expect.any(String) }])
    await alert(services)
    expect(await alerts('database-away')).toEqual([{ open: false, text: expect.any(String) }])
  })

  it('for a moment is nothing to tell', async () => {
    await services.db.sql('DELETE FROM alert')
    await failing(1)
    await alert(services)
    expect(await alerts('database-away')).toEqual([])
  })
})

describe('a clock that is wrong', () => {
  it('is told of each worker at work, and cleared when it is right', async () => {
    const { db } = services
    const say = (name: string, offMs: number | null, seen: string) =>
      db.sql(
        `INSERT INTO worker (id, name, started_at, seen_at, relays, clock_off_ms)
         VALUES (gen_random_uuid(), $1, $3, $3, '[]', $2)`,
        [name, offMs, seen],
      )
    await say('fast:1', 3_600_000, '2026-08-05T05:00:00Z')
    await say('slow:1', -45_000, '2026-08-05T05:00:00Z')
    await say('right:1', 29_000, '2026-08-05T05:00:00Z')
    await say('older:1', null, '2026-08-05T05:00:00Z')
    await say('gone:1', 3_600_000, '2026-08-05T04:00:00Z')
    await watchForAlerts(services)
    expect(await alerts('clock-off')).toEqual([
      { open: true, text: expect.stringMatching(/worker fast:1 is 60 minutes fast/) },
      { open: true, text: expect.stringMatching(/worker slow:1 is 45 seconds slow/) },
    ])
    await db.sql('UPDATE worker SET clock_off_ms = 0')
    await watchForAlerts(services)
    expect((await alerts('clock-off')).map(({ open }) => open)).toEqual([false, false])
  })
})

describe('the public address', () => {
  it('is told when it answered before and does not any more', async () => {
    let status = 502
    const server = createServer((_request, response) => response.writeHead(status).end())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { db, config } = services
    const there = { ...services, config: { ...config, publicUrl: url, production: true } }
    const ask = async (answers: number[]) => {
      for (status of answers) await reach(there as never)
      await watchForAlerts(there)
    }
    // A network that never let us out and in again says nothing.
    await ask([502, 502, 502, 502])
    expect(await alerts('public-url')).toEqual([])
    await ask([200, 502, 502])
    expect(await alerts('public-url')).toEqual([])
    await ask([502])
    expect(await alerts('public-url')).toEqual([
      { open: true, text: expect.stringContaining(`${url} has not answered since 2026-08-05T05:00:00`) },
    ])
    await ask([200])
    expect(await alerts('public-url')).toEqual([{ open: false, text: expect.any(String) }])
    // Another address has its own history.
    const moved = { config: { publicUrl: 'http://moved.example' } }
    expect(await db.transaction('job', (tx) => publicUrlGone(tx, moved))).toEqual([])
    await new Promise((resolve) => server.close(resolve))
  })

  it('is not asked for outside of production', async () => {
    await services.db.sql('DELETE FROM setting')
    expect(await reach(services as never)).toBe(true)
    expect(await services.db.sql('SELECT FROM setting')).toEqual([])
  })
})
