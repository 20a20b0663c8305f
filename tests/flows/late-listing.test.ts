/** Half of a day's list comes when its edition is out already: the best of it is in the next day's mail. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readCompiled, readEdition } from '../../src/editions/store.js'
import { build } from '../../src/jobs/build.js'
import { look } from '../../src/jobs/look.js'
import { hubSource } from '../../src/papers/sources/hub.js'
import { startHubStandIn } from '../support/hub-stand-in.mjs'
import { stoppedClock, testServices } from '../support/services.js'
import { testDatabase } from '../support/test-database.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

type Entry = { paper: { id: string; upvotes: number; submittedOnDailyAt?: string } }

const recorded = (name: string): Entry[] =>
  JSON.parse(readFileSync(new URL(`../fixtures/daily/${name}.json`, import.meta.url), 'utf8'))
const idsOf = (entries: Entry[]) => entries.map(({ paper }) => paper.id)

it('is weighed for the next edition once, and says so to the reader', { timeout: 60_000 }, async () => {
  const [first, second] = ['2026-07-20', '2026-07-21']
  const list = recorded(first).sort((a, b) => b.paper.upvotes - a.paper.upvotes)
  const lateOnes = list.filter((_, i) => i % 2 === 0)
  // As if listed on the second day.
  const next = recorded('2026-08-04').map(({ paper, ...outer }) => {
    return { ...outer, paper: { ...paper, submittedOnDailyAt: `${second}T04:00:00Z` } }
  })
  const { db } = await testDatabase()
  const clock = stoppedClock(`${first}T18:00:00Z`)
  const hub = await startHubStandIn({ days: { [first]: list, [second]: next }, now: () => clock.now() })
  const source = hubSource({ baseUrl: hub.url, clock })
  const services = { ...(await testServices(db, {}, { clock })), source }
  hub.holdBack(first, idsOf(lateOnes), new Date(`${second}T09:00:00Z`))
  for (const [job, at] of [
    [look, `${first}T18:00:00Z`],
    [build, `${second}T05:55:00Z`],
    [look, `${second}T10:00:00Z`],
    [build, '2026-07-22T05:55:00Z'],
    [build, '2026-07-23T05:55:00Z'],
  ] as const) {
    clock.set(at)
    await job(services)
  }
  await hub.close()
  const idsIn = async (day: string) => (await readEdition(db, 'daily', day))?.papers?.map(({ id }) => id)
  const [one, two] = [await idsIn(first), await idsIn(second)]
  expect(one?.filter((id) => idsOf(lateOnes).includes(id))).toEqual([])
  const caughtUp = two?.filter((id) => idsOf(lateOnes).includes(id)) ?? []
  expect(caughtUp).toContain(list[0]?.paper.id)
  expect(two?.filter((id) => idsOf(list).includes(id))).toEqual(caughtUp)
  const edition = await readEdition(db, 'daily', second)
  const { html, text } = (await readCompiled(db, edition?.id ?? 0))!
  const cards = caughtUp.map((id) => two?.indexOf(id) ?? -1)
  for (const i of cards) expect(text.cards[i]?.replaceAll(/\s+/g, ' ')).toContain('Listed late for 20 July')
  for (const i of cards) expect(html.cards[i]?.replaceAll(/\s+/g, ' ')).toContain('Listed late for')
  // What was late and lost is not weighed again; the day after had nothing of its own.
  expect((await readEdition(db, 'daily', '2026-07-22'))?.status).toBe('empty')
})
