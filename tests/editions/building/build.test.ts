/** Editions built from kept papers: once, whole, and never with a paper twice. */
import { editionsOfPaper } from '../../../src/editions/of-paper.js'
import { beforeEach, describe, expect, it } from 'vitest'
import { Db } from '../../../src/db/client.js'
import { buildEdition } from '../../../src/editions/building/build.js'
import { editionsToBuild } from '../../../src/editions/choosing/due.js'
import type { EditionServices } from '../../../src/editions/edition-services.js'
import { editionAsPage } from '../../../src/editions/compiling/page.js'
import { approveEdition, holdEdition, scheduleEdition } from '../../../src/editions/building/steer.js'
import { latestEdition, listEditions, readCompiled, readEdition } from '../../../src/editions/store.js'
import { silentLog } from '../../../src/log.js'
import { failDay, foundPaper, keepDay, manyPapers } from '../../support/kept-days.js'
import { testDatabase } from '../../support/test-database.js'

const { db } = await testDatabase()
const now = new Date('2026-08-03T02:00:00Z')
const services: EditionServices = {
  db,
  clock: { now: () => now },
  log: silentLog,
  config: {
    editionSize: 3,
    editionMin: 2,
    sendAt: { hour: 6, minute: 0 },
    timezone: 'Europe/Berlin',
    publication: 'Daily Papers',
    senderAddress: null,
    byline: 'by AK and the research community',
    pictures: true,
    publicUrl: 'https://papers.example.org',
  },
}
const build = (day: string) => buildEdition(services, 'daily', day)
const approve = (id: number) => db.transaction('job', (tx) => approveEdition(tx, services, id))
const idsOf = (edition: { papers: { id: string }[] | null }) => edition.papers?.map(({ id }) => id)

beforeEach(() => db.sql('TRUNCATE edition, paper, look RESTART IDENTITY CASCADE'))

describe('a day with papers', () => {
  it('becomes a frozen edition with number, subject, counts and time to send', async () => {
    await keepDay(db, '2026-07-30', manyPapers(5))
    const { edition, built } = await build('2026-07-30')
    expect(built).toBe(true)
    expect(edition).toMatchObject({
      kind: 'daily',
      period: '2026-07-30',
      day: '2026-07-30',
      number: 1,
      status: 'frozen',
      reason: null,
      subject: 'Paper 2607.10000 and 2 more',
      frozenAt: now,
      sendAt: new Date('2026-07-31T04:00:00Z'),
    })
    expect(idsOf(edition)).toEqual(['2607.10000', '2607.10001', '2607.10002'])
    expect(edition.papers?.[0]).toMatchObject({
      rank: 1,
      votes: 100,
      summary: 'What 2607.10000 is about. It goes on.',
    })
    expect(edition.weights).toMatchObject({ size: 3 })
    const compiled = await readCompiled(db, edition.id)
    expect(compiled?.html.head).toContain('No. 1')
    expect(compiled?.html.cards).toHaveLength(3)
  })

  it('stays as it is when it is built again, also after votes have changed', async () => {
    await keepDay(db, '2026-07-30', manyPapers(5))
    const first = await build('2026-07-30')
    await keepDay(db, '2026-07-30', [foundPaper('2607.10004', { votes: 900 })])
    const again = await build('2026-07-30')
    expect(again).toEqual({ edition: first.edition, built: false })
  })

  it('is built once by many calls at once', async () => {
    await keepDay(db, '2026-07-30', manyPapers(5))
    const all = await Promise.all(Array.from({ length: 6 }, () => build('2026-07-30')))
    expect(all.filter(({ built }) => built)).toHaveLength(1)
    expect(new Set(all.map(({ edition }) => edition.id)).size).toBe(1)
    expect(all.every(({ edition }) => edition.status === 'frozen')).toBe(true)
  })

  it('breaks ties the same way whatever order the papers came in', async () => {
    const tied = manyPapers(6).map((paper) => ({ ...paper, votes: 7 }))
    await keepDay(db, '2026-07-30', tied.toReversed())
    expect(idsOf((await build('2026-07-30')).edition)).toHaveLength(3)
    const first = idsOf((await readEdition(db, 'daily', '2026-07-30'))!)
    await db.sql('TRUNCATE edition, paper, look RESTART IDENTITY CASCADE')
    await keepDay(db, '2026-07-30', tied.toReversed())
    expect(idsOf((await build('2026-07-30')).edition)).toEqual(first)
  })
})

describe('a paper that was listed twice', () => {
  it('is in one edition alone', async () => {
    await keepDay(db, '2026-07-29', manyPapers(3))
    await keepDay(db, '2026-07-30', [...manyPapers(3), ...manyPapers(3, 20_000)])
    await build('2026-07-29')
    expect(idsOf((await build('2026-07-30')).edition)).toEqual(['2607.20000', '2607.20001', '2607.20002'])
  })

  it('is in one edition alone when both are built at once', async () => {
    const shared = manyPapers(3)
    await keepDay(db, '2026-07-29', [...shared, ...manyPapers(3, 20_000)])
    await keepDay(db, '2026-07-30', [...shared, ...manyPapers(3, 30_000)])
    await Promise.all([build('2026-07-29'), build('2026-07-30')])
    const had = (await listEditions(db, { limit: 10 })).flatMap((edition) => idsOf(edition) ?? [])
    expect(had).toHaveLength(6)
    expect(new Set(had).size).toBe(6)
    const numbers = (await listEditions(db, { limit: 10 })).map(({ number }) => number)
    expect(new Set(numbers)).toEqual(new Set([1, 2]))
  })
})

describe('a day without an edition', () => {
  it('is empty on a weekend and a holiday, and says which', async () => {
    await keepDay(db, '2026-08-01', [])
    await keepDay(db, '2026-07-30', [])
    expect((await build('2026-08-01')).edition).toMatchObject({
      status: 'empty',
      reason: 'no papers were listed: a weekend',
      papers: null,
      number: null,
    })
    expect((await build('2026-07-30')).edition.reason).toBe('no papers were listed: a holiday')
  })

  it('is failed while the source fails, and an edition once it answers', async () => {
    await failDay(db, '2026-07-30')
    expect((await build('2026-07-30')).edition).toMatchObject({
      status: 'failed',
      reason: 'the source failed: broken: status 503',
    })
    await keepDay(db, '2026-07-30', manyPapers(3))
    expect((await build('2026-07-30')).edition).toMatchObject({ status: 'frozen', reason: null, number: 1 })
    expect(await listEditions(db, { limit: 10 })).toHaveLength(1)
  })

  it('is not taken for empty when nobody has looked', async () => {
    expect((await build('2026-07-30')).edition).toMatchObject({
      status: 'failed',
      reason: 'nobody has looked at the source for 2026-07-30',
    })
  })

  it('keeps what was seen after the day had closed, though a later look fails', async () => {
    await keepDay(db, '2026-07-30', manyPapers(3))
    await db.sql(
      `INSERT INTO look (source, day, at, outcome, fault) VALUES ('hub', '2026-07-30', $1, 'failed', 'x')`,
      [now],
    )
    expect((await build('2026-07-30')).edition.status).toBe('frozen')
  })

  it('is thin with too few papers, which wait for the next edition over a weekend', async () => {
    await keepDay(db, '2026-07-31', manyPapers(1))
    await keepDay(db, '2026-08-01', [])
    await keepDay(db, '2026-08-02', manyPapers(2, 20_000))
    expect((await build('2026-07-31')).edition).toMatchObject({
      status: 'thin',
      reason: '1 paper of at least 2; what there is waits for the next edition',
    })
    expect((await build('2026-08-01')).edition.status).toBe('empty')
    const { edition } = await build('2026-08-02')
    expect(edition.status).toBe('frozen')
    expect(idsOf(edition)).toContain('2607.10000')
    expect(idsOf((await build('2026-07-31')).edition)).toBeUndefined()
  })

  it('leaves nothing when it is of a day that has not ended or does not exist', async () => {
    await expect(build('2026-08-03')).rejects.toMatchObject({ code: 'conflict' })
    await expect(build('2026-02-30')).rejects.toMatchObject({ code: 'invalid' })
    await expect(buildEdition(services, 'weekly', '2026-07-30')).rejects.toMatchObject({ code: 'invalid' })
    expect(await listEditions(db, { limit: 10 })).toEqual([])
  })
})

it('leaves nothing behind when the building dies at any statement', async () => {
  await keepDay(db, '2026-07-30', manyPapers(3))
  let tried = 0
  for (let fatal = 1; ; fatal += 1) {
    let count = 0
    tried = fatal
    const pool = Object.create(db.pool, {
      query: { value: db.pool.query.bind(db.pool) },
      connect: {
        value: async () => {
          const client = await db.pool.connect()
          let begun = false
          return Object.assign(Object.create(client), {
            query: (text: string, values?: unknown[]) => {
              begun ||= text.startsWith('BEGIN')
              if (begun) count += 1
              if (begun && count === fatal && text !== 'ROLLBACK') throw new Error('died')
              return client.query(text, values)
            },
          })
        },
      },
    })
    const dying = new Db(pool)
    const died = await buildEdition({ ...services, db: dying }, 'daily', '2026-07-30').then(
      () => false,
      () => true,
    )
    if (!died) break
    expect(await listEditions(db, { limit: 10 })).toEqual([])
    expect(await db.sql('SELECT * FROM edition_paper')).toEqual([])
  }
  expect((await readEdition(db, 'daily', '2026-07-30'))?.status).toBe('frozen')
  expect(tried).toBeGreaterThan(10)
})

describe('steering', () => {
  const draft = async () => {
    await keepDay(db, '2026-07-30', manyPapers(3))
    return (await buildEdition(services, 'daily', '2026-07-30', { freeze: false })).edition
  }

  it('builds a draft again and freezes it as it was last seen', async () => {
    const { id, status, number } = await draft()
    expect({ status, number }).toEqual({ status: 'draft', number: null })
    expect((await readCompiled(db, id))?.html.head).toContain('>Draft<')
    await keepDay(db, '2026-07-30', [foundPaper('2607.30000', { votes: 500 })])
    await buildEdition(services, 'daily', '2026-07-30', { freeze: false })
    await keepDay(db, '2026-07-30', [foundPaper('2607.40000', { votes: 900 })])
    const approved = await approve(id)
    expect(approved).toMatchObject({ status: 'frozen', number: 1 })
    expect(idsOf(approved)).toEqual(['2607.30000', '2607.10000', '2607.10001'])
    expect((await readCompiled(db, id))?.html.head).toContain('No. 1')
  })

  it('holds a draft, also while it is built again, until it is approved', async () => {
    const { id } = await draft()
    await holdEdition(db, id, now, 'the first paper is withdrawn')
    expect((await build('2026-07-30')).edition).toMatchObject({ status: 'held', frozenAt: null })
    await buildEdition(services, 'daily', '2026-07-30', { freeze: false })
    expect(await readEdition(db, 'daily', '2026-07-30')).toMatchObject({
      status: 'held',
      reason: 'the first paper is withdrawn',
    })
    expect(await approve(id)).toMatchObject({ status: 'frozen', reason: null })
  })

  it('holds and approves a frozen edition without touching its bytes', async () => {
    await keepDay(db, '2026-07-30', manyPapers(3))
    const { edition } = await build('2026-07-30')
    await holdEdition(db, edition.id, now, 'wait')
    expect(await approve(edition.id)).toEqual(edition)
  })

  it('lets an edition go on whose first mails were refused', async () => {
    await keepDay(db, '2026-07-30', manyPapers(3))
    const { edition } = await build('2026-07-30')
    await db.sql(`UPDATE edition SET status = 'held', fanned_out_at = now()`)
    expect(await approve(edition.id)).toMatchObject({ status: 'sending', reason: null })
  })

  it('refuses what the status does not allow', async () => {
    const { id } = await draft()
    await approve(id)
    await expect(approve(id)).rejects.toMatchObject({ code: 'conflict' })
    await db.sql(`UPDATE edition SET status = 'sending', fanned_out_at = now()`)
    await expect(holdEdition(db, id, now, 'late')).rejects.toThrow(
      'The edition is sending and cannot be held.',
    )
    await expect(scheduleEdition(db, id, now, now)).rejects.toMatchObject({ code: 'conflict' })
    await expect(approve(4711)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('schedules an edition that has not begun', async () => {
    const { id } = await draft()
    const at = new Date('2026-08-04T09:00:00Z')
    await scheduleEdition(db, id, at, now)
    expect((await readEdition(db, 'daily', '2026-07-30'))?.sendAt).toEqual(at)
    expect((await build('2026-07-30')).edition).toMatchObject({ status: 'frozen', sendAt: at })
  })
})

it('lists what readers may see, newest first, by cursor', async () => {
  for (const [at, day] of ['2026-07-28', '2026-07-29', '2026-07-30'].entries()) {
    await keepDay(db, day, manyPapers(3, 10_000 * (at + 1)))
    await build(day)
  }
  await keepDay(db, '2026-08-01', [])
  await build('2026-08-01')
  const page = await listEditions(db, { published: true, limit: 2 })
  expect(page.map(({ period }) => period)).toEqual(['2026-07-30', '2026-07-29'])
  const [, last] = page
  const rest = await listEditions(db, { published: true, limit: 2, after: last! })
  expect(rest.map(({ period }) => period)).toEqual(['2026-07-28'])
  expect((await latestEdition(db, 'daily'))?.period).toBe('2026-07-30')
  expect(await latestEdition(db, 'weekly')).toBeNull()
  expect(await editionsOfPaper(db, '2607.20001')).toEqual([
    { kind: 'daily', period: '2026-07-29', day: '2026-07-29', number: 2, rank: 2, among: 3 },
  ])
})

it('shows the frozen mail as a page without a reader', async () => {
  await keepDay(db, '2026-07-30', manyPapers(3))
  const { edition } = await build('2026-07-30')
  const compiled = await readCompiled(db, edition.id)
  const page = editionAsPage(compiled!, 'https://papers.example.org')
  expect(page).not.toContain('@@')
  expect(page).toContain('href="https://papers.example.org/">Get it in your inbox</a>')
  const ownPart = /<!--own-->[^]*?<!--\/own-->/g
  // Links to answer a paper are the reader's own.
  for (const card of compiled!.html.cards) expect(page).toContain(card.replaceAll(ownPart, ''))
  expect(page).not.toContain('More like this')
})

describe('what is to be built', () => {
  it('is the last closed day and week, then only what had failed', async () => {
    expect(await editionsToBuild(db, services.clock)).toEqual([
      { kind: 'daily', period: '2026-08-02', day: '2026-08-02' },
      { kind: 'weekly', period: '2026-W31', day: '2026-08-02' },
    ])
    await keepDay(db, '2026-08-02', [])
    await failDay(db, '2026-07-31')
    await failDay(db, '2026-07-28')
    for (const day of ['2026-07-28', '2026-07-31', '2026-08-02']) await build(day)
    expect(await editionsToBuild(db, services.clock)).toEqual([
      { kind: 'daily', period: '2026-07-31', day: '2026-07-31' },
      { kind: 'weekly', period: '2026-W31', day: '2026-08-02' },
    ])
  })
})
