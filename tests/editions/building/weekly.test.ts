/** Weekly editions, editors' words, and editions held by a gate. */
import { beforeEach, describe, expect, it } from 'vitest'
import { buildEdition } from '../../../src/editions/building/build.js'
import { inspectEdition } from '../../../src/editions/gates/inspect.js'
import { approveEdition } from '../../../src/editions/building/steer.js'
import { readCompiled } from '../../../src/editions/store.js'
import { curate } from '../../../src/papers/ranking/curation.js'
import { failDay, foundPaper, keepDay, manyPapers } from '../../support/kept-days.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

const { db } = await testDatabase()
const services = await testServices(
  db,
  { EDITION_SIZE: '3', EDITION_MIN: '2', TIMEZONE: 'America/New_York', SEND_AT: '07:00' },
  { clock: stoppedClock('2026-08-03T02:00:00Z') },
)
const inspect: NonNullable<Parameters<typeof buildEdition>[3]>['inspect'] = (query, edition) =>
  inspectEdition(query, services, edition)
const build = (day: string) => buildEdition(services, 'daily', day)
const week = () => buildEdition(services, 'weekly', '2026-W31')
const approve = (id: number) => db.transaction('job', (tx) => approveEdition(tx, services, id))
const idsOf = (edition: { papers: { id: string }[] | null }) => edition.papers?.map(({ id }) => id)

beforeEach(() => db.sql('TRUNCATE edition, paper, look, subscriber RESTART IDENTITY CASCADE'))

describe('the edition of a week', () => {
  it('has the best of its days, though daily editions had them, and none twice', async () => {
    for (const [at, day] of ['2026-07-27', '2026-07-28', '2026-07-31'].entries()) {
      await keepDay(db, day, manyPapers(4, 10_000 * (at + 1)))
      await build(day)
    }
    await keepDay(db, '2026-07-26', manyPapers(4, 90_000))
    const { edition } = await week()
    expect(edition).toMatchObject({
      kind: 'weekly',
      period: '2026-W31',
      day: '2026-08-02',
      number: 1,
      status: 'frozen',
      subject: 'Paper 2607.10000 and 2 more: the best of 27 July to 2 August 2026',
      sendAt: new Date('2026-08-03T11:00:00Z'),
    })
    expect(idsOf(edition)).toEqual(['2607.10000', '2607.20000', '2607.30000'])
    expect(edition.papers?.every(({ note }) => note === null)).toBe(true)
    const compiled = await readCompiled(db, edition.id)
    expect(compiled?.html.head).toContain('Week 31 · 27 July to 2 August 2026')
    expect(compiled?.html.foot).toContain('http://papers.test/papers/week/2026-W31')
    expect(compiled?.text.foot).toContain('All papers of the week: http://papers.test/papers/week/2026-W31')
  })

  it('gives no paper to two weeks', async () => {
    await keepDay(db, '2026-07-24', manyPapers(3))
    await keepDay(db, '2026-07-27', [...manyPapers(3), ...manyPapers(2, 20_000)])
    await buildEdition(services, 'weekly', '2026-W30')
    expect(idsOf((await week()).edition)).toEqual(['2607.20000', '2607.20001'])
  })

  it('goes without a day for which the source failed, and is failed when all did', async () => {
    await failDay(db, '2026-07-28')
    expect((await week()).edition).toMatchObject({ status: 'failed', reason: expect.stringContaining('503') })
    await keepDay(db, '2026-07-29', manyPapers(3))
    expect((await week()).edition.status).toBe('frozen')
  })

  it('is empty, not failed, for a week before anybody looked', async () => {
    expect((await week()).edition.status).toBe('empty')
  })

  it('is empty in a week of holidays', async () => {
    for (const at of [27, 28, 29, 30, 31]) await keepDay(db, `2026-07-${at}`, [])
    await keepDay(db, '2026-08-01', [])
    await keepDay(db, '2026-08-02', [])
    expect((await week()).edition).toMatchObject({
      status: 'empty',
      reason: 'no papers were listed in the whole week',
    })
  })
})

describe("an editor's words", () => {
  const word = (paperId: string, action: 'pin' | 'hide' | 'return', position: number | null = null) =>
    db.transaction('request', (tx) =>
      curate(tx, '2026-07-30', { paperId, action, position, reason: 'because', by: 'test' }),
    )

  it('pin, hide and let in again', async () => {
    await keepDay(db, '2026-07-29', manyPapers(2))
    await build('2026-07-29')
    await keepDay(db, '2026-07-30', [foundPaper('2607.10000', { votes: 500 }), ...manyPapers(5, 20_000)])
    await word('2607.20004', 'pin', 1)
    await word('2607.20000', 'hide')
    await word('2607.10000', 'return')
    const { edition } = await build('2026-07-30')
    expect(idsOf(edition)).toEqual(['2607.20004', '2607.10000', '2607.20001'])
    expect(await db.sql('SELECT paper_id FROM edition_paper WHERE returned')).toEqual([
      { paper_id: '2607.10000' },
    ])
  })

  it('hide from the edition of the week too', async () => {
    await keepDay(db, '2026-07-30', manyPapers(4))
    await word('2607.10000', 'hide')
    await word('2607.10003', 'pin', 1)
    expect(idsOf((await week()).edition)).toEqual(['2607.10001', '2607.10002', '2607.10003'])
  })
})

describe('a gate', () => {
  it('lets an ordinary edition through', async () => {
    await keepDay(db, '2026-07-30', manyPapers(3))
    const { edition } = await buildEdition(services, 'daily', '2026-07-30', { inspect })
    expect(edition).toMatchObject({ status: 'frozen', number: 1 })
  })

  it('holds an edition with its reason until an operator lets it go', async () => {
    await keepDay(db, '2026-07-30', manyPapers(3))
    await db.sql(`UPDATE look SET at = '2026-07-30T09:00:00Z'`)
    const { edition } = await buildEdition(services, 'daily', '2026-07-30', { inspect })
    expect(edition).toMatchObject({
      status: 'held',
      number: null,
      reason: 'source-stale: the source last answered at 2026-07-30T09:00:00.000Z, before the day had ended',
    })
    expect((await readCompiled(db, edition.id))?.html.cards).toHaveLength(3)
    expect(await approve(edition.id)).toMatchObject({ status: 'frozen', number: 1 })
  })

  it('knows the readers of now and of the edition before', async () => {
    await keepDay(db, '2026-07-29', manyPapers(3))
    await keepDay(db, '2026-07-30', manyPapers(3, 20_000))
    const { edition } = await build('2026-07-29')
    await db.sql(
      `INSERT INTO subscriber (email, email_key, domain, status)
       SELECT 'r' || i || '@example.org', 'r' || i || '@example.org', 'example.org', 'active' FROM generate_series(1, 200) i`,
    )
    await db.sql(
      `INSERT INTO delivery (kind, edition_id, subscriber_id, domain) SELECT 'edition', $1, id, domain FROM subscriber
       WHERE id <= 100`,
      [edition.id],
    )
    await db.sql(`UPDATE edition SET status = 'sent', fanned_out_at = now()`)
    const { edition: next } = await buildEdition(services, 'daily', '2026-07-30', { inspect })
    expect(next).toMatchObject({
      status: 'held',
      reason: 'audience-jumped: 200 readers, 100 for the edition before',
    })
  })
})
