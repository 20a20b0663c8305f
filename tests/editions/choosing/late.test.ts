/** Papers that come onto a day's list when its edition is made already: candidates of the next edition, once. */
import { beforeEach, describe, expect, it } from 'vitest'
import { addDays, type Day } from '../../../src/clock.js'
import { buildEdition } from '../../../src/editions/building/build.js'
import { fieldOf, missedBy } from '../../../src/editions/choosing/candidates.js'
import { cancelEdition } from '../../../src/editions/building/steer.js'
import { approveEdition } from '../../../src/editions/building/steer.js'
import { foundPaper, failDay, keepDay, manyPapers } from '../../support/kept-days.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

const { db } = await testDatabase()
const clock = stoppedClock('2026-08-10T06:00:00Z')
const services = await testServices(db, { EDITION_SIZE: '4', EDITION_MIN: '2' }, { clock })
const build = async (day: Day, freeze = true) =>
  (await buildEdition(services, 'daily', day, { freeze })).edition
const approve = (id: number) => db.transaction('job', (tx) => approveEdition(tx, services, id))
const idsOf = (edition: { papers: { id: string }[] | null }) => edition.papers?.map(({ id }) => id) ?? []

/** Thursday to the Tuesday after. */
const [thursday, friday, saturday, monday, tuesday] = [
  '2026-07-30',
  '2026-07-31',
  '2026-08-01',
  '2026-08-03',
  '2026-08-04',
] as const
const late = foundPaper('2607.90001', { votes: 500, title: 'A late one of another kind' })

beforeEach(() => db.sql('TRUNCATE edition, paper, look RESTART IDENTITY CASCADE'))

/** Thursday with an edition, then one more paper on its list. */
async function thursdayAndLate(): Promise<void> {
  await keepDay(db, thursday, manyPapers(6))
  await build(thursday)
  await keepDay(db, thursday, [...manyPapers(6), late])
}

describe('a paper that was listed late', () => {
  it('is in the next edition, by its score and with the reason', async () => {
    await thursdayAndLate()
    await keepDay(db, friday, manyPapers(6, 20_000))
    const edition = await build(friday)
    expect(idsOf(edition)).toEqual(['2607.90001', '2607.20000', '2607.20001', '2607.20002'])
    expect(edition.papers?.[0]?.note).toBe('listed late for 30 July')
    const [reasons] = await db.sql(`SELECT reasons FROM edition_paper WHERE paper_id = '2607.90001'`)
    expect(reasons?.['reasons']).toMatchObject({ lateFor: thursday })
  })

  it('brings nothing back that was weighed and left out with the others of its day', async () => {
    await thursdayAndLate()
    await keepDay(db, friday, manyPapers(2, 20_000))
    expect(idsOf(await build(friday))).toEqual(['2607.90001', '2607.20000', '2607.20001'])
  })

  it('is weighed once: what lost in the next edition stays out', async () => {
    const poor = foundPaper('2607.90002', { votes: 1 })
    await thursdayAndLate()
    await keepDay(db, thursday, [...manyPapers(6), poor])
    await keepDay(db, friday, manyPapers(6, 20_000))
    expect(idsOf(await build(friday))).not.toContain(poor.id)
    await keepDay(db, saturday, manyPapers(2, 30_000))
    expect(idsOf(await build(saturday))).toEqual(['2607.30000', '2607.30001'])
  })

  it('waits over empty days for the next edition, for a week at most', async () => {
    await thursdayAndLate()
    for (const day of [friday, saturday, '2026-08-02']) {
      await keepDay(db, day, [])
      expect((await build(day)).status).toBe('empty')
    }
    await keepDay(db, monday, manyPapers(2, 20_000))
    expect(idsOf(await build(monday))).toContain(late.id)
    const { candidates } = await fieldOf(db, { kind: 'daily', period: '2026-08-07', day: '2026-08-07' })
    expect(candidates).toEqual([])
  })

  it('is forgotten after that week', async () => {
    await thursdayAndLate()
    const day = addDays(thursday, 8)
    await keepDay(db, day, manyPapers(2, 20_000))
    expect(idsOf(await build(day))).not.toContain(late.id)
  })

  it('is a usual candidate where it stands on the next list too', async () => {
    await thursdayAndLate()
    await keepDay(db, friday, [...manyPapers(2, 20_000), late])
    const edition = await build(friday)
    expect(edition.papers?.[0]).toMatchObject({ id: late.id, note: 'second day on the list' })
  })

  it('stays with the draft that was built with it, however often', async () => {
    await thursdayAndLate()
    await keepDay(db, friday, manyPapers(2, 20_000))
    for (let again = 0; again < 3; again += 1) expect(idsOf(await build(friday, false))).toContain(late.id)
    await keepDay(db, saturday, manyPapers(2, 30_000))
    expect(idsOf(await build(saturday))).not.toContain(late.id)
    expect(idsOf(await build(friday))).toContain(late.id)
  })

  it('is let go when the edition that weighed it turns out to have nothing', async () => {
    await thursdayAndLate()
    await keepDay(db, friday, manyPapers(2, 20_000))
    await build(friday, false)
    await failDay(db, friday)
    await db.sql(`UPDATE look SET at = day - 1, outcome = 'failed', fault = 'x' WHERE day = $1`, [friday])
    expect((await build(friday, false)).status).toBe('failed')
    await keepDay(db, saturday, manyPapers(2, 30_000))
    expect(idsOf(await build(saturday))).toContain(late.id)
  })

  it('is not hidden from an editor, who may hide it', async () => {
    await thursdayAndLate()
    expect(await missedBy(db, thursday)).toEqual(new Set([late.id]))
    await db.sql(`INSERT INTO curation (day, paper_id, action, by) VALUES ($1, $2, 'hide', 'ak')`, [
      thursday,
      late.id,
    ])
    await keepDay(db, friday, manyPapers(2, 20_000))
    expect(idsOf(await build(friday))).toEqual(['2607.20000', '2607.20001'])
  })

  it('was listed when it was first seen, where the source does not tell', async () => {
    await keepDay(db, thursday, manyPapers(6))
    await build(thursday)
    await db.sql(`UPDATE look SET at = at - interval '1 day'`)
    await keepDay(db, thursday, [late])
    await keepDay(db, friday, manyPapers(3, 20_000))
    await build(friday)
    const [row] = await db.sql<{ hours: number }>(
      `SELECT (reasons->>'hoursListed')::float8 AS hours FROM edition_paper WHERE paper_id = $1`,
      [late.id],
    )
    // First seen at two in the morning of Friday, and ranked as of six o'clock of Saturday.
    expect(row?.hours).toBe(28)
  })
})

describe('what comes onto the list of a day', () => {
  it('that was empty when it was built is late too', async () => {
    await keepDay(db, friday, [])
    await build(friday)
    await keepDay(db, friday, [late])
    await keepDay(db, saturday, manyPapers(2, 20_000))
    expect((await build(saturday)).papers?.[0]?.note).toBe('listed late for 31 July')
  })

  it('whose source had failed waits for the edition of its own day', async () => {
    await failDay(db, thursday)
    expect((await build(thursday)).status).toBe('failed')
    await keepDay(db, friday, manyPapers(2, 20_000))
    await keepDay(db, thursday, manyPapers(6))
    expect(idsOf(await build(friday))).toEqual(['2607.20000', '2607.20001'])
    expect(idsOf(await build(thursday))).toHaveLength(4)
  })

  it('and was thin after the next edition had been made is not lost', async () => {
    await failDay(db, thursday)
    await build(thursday)
    await keepDay(db, friday, manyPapers(2, 20_000))
    await build(friday)
    await keepDay(db, thursday, [late])
    expect((await build(thursday)).status).toBe('thin')
    await keepDay(db, saturday, manyPapers(2, 30_000))
    expect(idsOf(await build(saturday))).toContain(late.id)
  })

  it('between a draft and its approval is late', async () => {
    await keepDay(db, thursday, manyPapers(3))
    const { id } = await build(thursday, false)
    await keepDay(db, thursday, [...manyPapers(3), late])
    expect(idsOf(await approve(id))).not.toContain(late.id)
    await keepDay(db, friday, manyPapers(2, 20_000))
    expect(idsOf(await build(friday))).toContain(late.id)
  })

  it('that nobody made an edition of is left alone', async () => {
    await keepDay(db, thursday, [late])
    await keepDay(db, friday, manyPapers(2, 20_000))
    expect(idsOf(await build(friday))).not.toContain(late.id)
  })

  it('whose edition was cancelled is free again only if it was not weighed', async () => {
    await keepDay(db, thursday, manyPapers(6))
    const { id } = await build(thursday)
    await cancelEdition(db, id, clock.now(), 'a mistake')
    await keepDay(db, thursday, [late])
    await keepDay(db, friday, manyPapers(2, 20_000))
    expect(idsOf(await build(friday))).toEqual([late.id, '2607.20000', '2607.20001'])
  })
})

it('goes to one edition alone when two are built at once', async () => {
  await thursdayAndLate()
  await keepDay(db, friday, manyPapers(3, 20_000))
  await keepDay(db, tuesday, manyPapers(3, 30_000))
  const both = await Promise.all([build(friday), build(tuesday)])
  expect(both.flatMap(idsOf).filter((id) => id === late.id)).toHaveLength(1)
})
