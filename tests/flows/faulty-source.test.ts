/** The recorded days through a source that fails in every way: each edition as without the faults. */
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { addDays, type Day } from '../../src/clock.js'
import type { Db } from '../../src/db/client.js'
import { buildEdition } from '../../src/editions/building/build.js'
import { build } from '../../src/jobs/build.js'
import { look } from '../../src/jobs/look.js'
import { hubSource } from '../../src/papers/sources/hub.js'
import { ingestDay } from '../../src/papers/ingest.js'
import { papersOfDay } from '../../src/papers/reads.js'
import { type HubStandIn, startHubStandIn } from '../support/hub-stand-in.mjs'
import { recordedFolder } from '../support/recorded.js'
import { stoppedClock, testServices } from '../support/services.js'
import { testDatabase } from '../support/test-database.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

const recorded = recordedFolder('a faulty source on eleven of the fifteen recorded days')
const dir = recorded ? `${recorded}/daily` : fileURLToPath(new URL('../fixtures/daily/', import.meta.url))
const retry = { sleep: async () => {}, random: () => 0 }
const timeout = 180_000

type Plan = (hub: HubStandIn, day: Day, next: Day) => void

/** One fault for each day, in turn; four answers fail where a look gives up after four tries. */
const plans: Plan[] = [
  (hub, day) => hub.fail({ kind: 'too-many-requests', day, times: 2, headers: { 'retry-after': '30' } }),
  (hub, day) => hub.fail({ kind: 'server-error', day, times: 5 }),
  (hub, day) => hub.fail({ kind: 'web-page', day, times: 6 }),
  (hub, day, next) => hub.fail({ kind: 'error-object', day, until: new Date(`${next}T05:00:00Z`) }),
  (hub, day) => hub.fail({ kind: 'cut', day, times: 4 }),
  (hub, day, next) => hub.fail({ kind: 'server-error', day, until: new Date(`${next}T12:00:00Z`) }),
  (hub, day) => hub.fail({ kind: 'body', body: '[{"paper":{"id":"26', day, times: 3 }),
]

/** Half of each list is there only after the day has closed. */
function holdBackHalf(hub: HubStandIn, ids: readonly string[], day: Day, next: Day): void {
  hub.holdBack(
    day,
    ids.filter((_, i) => i % 2 === 0),
    new Date(`${next}T00:10:00Z`),
  )
}

type Shown = { day: Day; ids: string[]; subject: string }

async function editionsOf(db: Db): Promise<Shown[]> {
  return db.sql<Shown>(
    `SELECT day::text AS day, subject, (SELECT array_agg(ep.paper_id ORDER BY ep.rank) FROM edition_paper ep
       WHERE ep.edition_id = e.id) AS ids FROM edition e WHERE kind = 'daily' AND papers IS NOT NULL ORDER BY day`,
  )
}

/** The days in order through a source without a fault. */
async function withoutFaults(): Promise<{ editions: Shown[]; idsOf: Map<Day, string[]> }> {
  const { db } = await testDatabase()
  const clock = stoppedClock('2024-01-01T06:00:00Z')
  const hub = await startHubStandIn({ dir, now: () => clock.now() })
  const services = await testServices(db, {}, { clock })
  const idsOf = new Map<Day, string[]>()
  for (const day of hub.days) {
    clock.set(`${addDays(day, 1)}T06:05:00Z`)
    await ingestDay(services, hubSource({ baseUrl: hub.url, clock, retry }), day)
    await buildEdition(services, 'daily', day)
    idsOf.set(
      day,
      (await papersOfDay(db, day)).map((paper) => paper.id),
    )
  }
  await hub.close()
  return { editions: await editionsOf(db), idsOf }
}

it('gives every edition as it would have been, nothing twice, and reports the faults', {
  timeout,
}, async () => {
  const { editions, idsOf } = await withoutFaults()
  const { db } = await testDatabase()
  const clock = stoppedClock('2024-01-01T06:00:00Z')
  const hub = await startHubStandIn({ dir, now: () => clock.now() })
  const source = hubSource({ baseUrl: hub.url, clock, retry })
  const services = { ...(await testServices(db, {}, { clock })), source }
  const lateBuilt: string[] = []
  for (const [i, day] of hub.days.entries()) {
    const next = addDays(day, 1)
    plans[i % plans.length]?.(hub, day, next)
    holdBackHalf(hub, idsOf.get(day) ?? [], day, next)
    for (const [job, at] of [
      [look, `${day}T18:00:00Z`],
      [look, `${next}T00:30:00Z`],
      [build, `${next}T06:05:00Z`],
      [build, `${next}T12:30:00Z`],
    ] as const) {
      clock.set(at)
      await job(services)
      const [edition] = await db.sql(`SELECT status, reason FROM edition WHERE kind = 'daily' AND day = $1`, [
        day,
      ])
      if (job === build && edition?.['status'] === 'failed')
        lateBuilt.push(`${day} ${String(edition['reason'])}`)
    }
  }
  expect(await editionsOf(db)).toEqual(editions)
  expect(editions.map((edition) => edition.day)).toEqual(hub.days)
  const all = editions.flatMap((edition) => edition.ids)
  expect(new Set(all).size).toBe(all.length)
  const failing = hub.days.filter((_, i) => i % plans.length === 5)
  const reason = 'the source failed: broken: status 500, 4 tries'
  expect(lateBuilt).toEqual(failing.map((day) => `${day} ${reason}`))
  const faults = await db.sql<{ day: Day; kind: string }>(
    `SELECT DISTINCT day::text AS day, split_part(fault, ':', 1) AS kind FROM look WHERE outcome = 'failed' ORDER BY 1, 2`,
  )
  expect(faults).toEqual(
    hub.days.flatMap((day, i) => faultKinds[i % plans.length]?.map((kind) => ({ day, kind })) ?? []),
  )
  await hub.close()
})

/** What the looks report; two 429s and three broken bodies pass within the tries of one look. */
const faultKinds = [[], ['broken'], ['not-a-list'], ['not-a-list'], ['unreachable'], ['broken'], []]
