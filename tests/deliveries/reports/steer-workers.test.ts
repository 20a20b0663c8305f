/** Two worker processes on one edition, over SMTP: each of them hears of a pause, a resumption and a cancelling. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { cancelEdition, pauseEdition, resumeEdition } from '../../../src/editions/building/steer.js'
import { untilLooked, untilNothingHeld } from '../../drills/watch.js'
import { openWorker, type WorkerProcess } from '../../drills/processes.js'
import { setScene, workerEnvironment } from '../../drills/scene.js'
import { type RelayStandIn, startRelay } from '../../support/relay-stand-in.js'
import { testDatabase } from '../../support/test-database.js'
import { slowFile } from '../../support/slow-file.js'

slowFile()

const { db, url } = await testDatabase()
const workers: WorkerProcess[] = []
let relay: RelayStandIn
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daily-papers-steer-'))
  relay = await startRelay({
    body: async () => {
      await sleep(40)
      return '250 2.0.0 queued'
    },
  })
})
afterAll(async () => {
  for (const worker of workers) await worker.kill()
  await relay.close()
  await rm(folder, { recursive: true, force: true })
})

/** How many mails come once the workers have let go of the edition, while both of them look for mail. */
async function comingLater(edition: number): Promise<number> {
  await untilNothingHeld(db, edition, 2_000)
  const before = relay.received.length
  await untilLooked(db, 2)
  return relay.received.length - before
}

it('within two seconds, and every row has an end', async () => {
  const edition = await setScene(db, 4_000)
  const env = workerEnvironment({ connections: 5, leaseSeconds: 20 }, { url, folder }, relay.url)
  workers.push(openWorker(env, 'one'), openWorker(env, 'two'))
  const bothSend = async () => {
    const rows = await db.sql<{ sent: number }>('SELECT sent FROM worker WHERE sent > 20')
    expect(rows).toHaveLength(2)
  }
  await vi.waitFor(bothSend, { timeout: 60_000, interval: 100 })

  await pauseEdition(db, edition, new Date())
  expect(await comingLater(edition)).toBe(0)
  const paused = relay.received.length
  expect(paused).toBeLessThan(4_000)

  await resumeEdition(db, edition, new Date())
  await vi.waitFor(() => expect(relay.received.length).toBeGreaterThan(paused + 50), { timeout: 2_000 })

  await cancelEdition(db, edition, new Date())
  expect(await comingLater(edition)).toBe(0)
  const ends = async () => {
    const rows = await db.sql<{ status: string; rows: number }>(
      'SELECT status, count(*)::int AS rows FROM mail_owed WHERE edition_id = $1 GROUP BY 1 ORDER BY 1',
      [edition],
    )
    expect(rows.map(({ status }) => status)).toEqual(['accepted', 'cancelled'])
    expect(rows[0]?.rows).toBe(relay.received.length)
  }
  await vi.waitFor(ends, { timeout: 20_000, interval: 200 })
}, 180_000)
