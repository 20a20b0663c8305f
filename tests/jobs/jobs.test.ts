import { shownStatus } from '../../src/editions/edition.js'
import { beforeEach, describe, expect, it } from 'vitest'
import { build } from '../../src/jobs/build.js'
import { fanOutDue } from '../../src/jobs/due-editions.js'
import type { JobServices } from '../../src/jobs/job.js'
import { look } from '../../src/jobs/look.js'
import type { FoundPaper } from '../../src/papers/paper.js'
import { type Source, SourceError } from '../../src/papers/source.js'
import { manyPapers } from '../support/kept-days.js'
import { addReaders } from '../support/ledger.js'
import { author } from '../support/admin-services.js'
import { rebuildEdition, schedule } from '../../src/operations/editions/steps.js'
import { nextStep } from '../../src/operations/editions/find.js'
import { stoppedClock, testServices } from '../support/services.js'
import { testDatabase } from '../support/test-database.js'

const { db } = await testDatabase()

beforeEach(async () => {
  await db.sql('TRUNCATE subscriber, edition, edition_paper, delivery, paper, listing, look CASCADE')
})

/** A source with those days; it fails while told to. */
function sourceOf(days: Record<string, FoundPaper[]>) {
  const state = { failing: false, asked: 0 }
  const source: Source = {
    name: 'hub',
    day: async (day) => {
      state.asked += 1
      if (state.failing) throw new SourceError('unreachable', 'connect ECONNREFUSED')
      return { papers: days[day] ?? [], skipped: [] }
    },
  }
  return { source, state }
}

async function jobServices(now: string, source: Source, env: Record<string, string> = {}) {
  const clock = stoppedClock(now)
  const services = await testServices(db, env, { clock })
  const given: JobServices = { ...services, source }
  return { clock, services: given }
}

const editions = () =>
  db.sql<{ period: string; status: string; send_at: Date | null; reason: string | null }>(
    `SELECT period, ${shownStatus} AS status, send_at, reason FROM edition e WHERE kind = 'daily' ORDER BY day`,
  )

describe('building', () => {
  it('makes a draft once the day has closed and freezes it shortly before it goes out', async () => {
    const { source } = sourceOf({ '2026-05-05': manyPapers(12) })
    const { clock, services } = await jobServices('2026-05-06T00:01:00Z', source)
    await build(services)
    expect(await editions()).toMatchObject([{ period: '2026-05-05', status: 'draft' }])
    clock.set('2026-05-06T05:49:00Z')
    await build(services)
    expect(await editions()).toMatchObject([{ status: 'draft' }])
    clock.set('2026-05-06T05:50:00Z')
    await build(services)
    expect(await editions()).toMatchObject([{ status: 'frozen', send_at: new Date('2026-05-06T06:00:00Z') }])
  })

  it.each([
    ['earlier, in a moment', '2026-05-06T00:30:00Z', '2026-05-06T00:32:00Z'],
    ['days later', '2026-05-06T05:00:00Z', '2026-05-16T23:02:00Z'],
  ])('freezes a draft by the time that somebody has set: %s', async (_, now, sendAt) => {
    const { source } = sourceOf({ '2026-05-05': manyPapers(12) })
    const { clock, services } = await jobServices('2026-05-06T00:01:00Z', source)
    await addReaders(db, 2)
    await build(services)
    clock.set(now)
    await schedule(services, '2026-05-05', new Date(sendAt), author)
    for (let at = Date.parse(now); at <= Date.parse(sendAt); at += 6 * 3_600_000) {
      clock.set(new Date(at).toISOString())
      await build(services)
      await fanOutDue(services)
      expect((await editions())[0]?.status).toMatch(/draft|frozen/)
    }
    clock.set(new Date(Date.parse(sendAt) - 60_000).toISOString())
    await build(services)
    expect((await editions())[0]?.status).toBe('frozen')
    clock.set(sendAt)
    await fanOutDue(services)
    expect((await editions())[0]).toMatchObject({ period: '2026-05-05', status: 'sending' })
  })

  it('leaves a draft alone that somebody builds after its time', async () => {
    const { source } = sourceOf({ '2026-05-05': manyPapers(12) })
    const { clock, services } = await jobServices('2026-05-06T05:00:00Z', source)
    await build(services)
    clock.set('2026-05-06T07:00:00Z')
    const edition = await rebuildEdition(services, '2026-05-05', author)
    expect(nextStep(edition, clock.now())).toBe(
      'Its time has passed: approve it, send it, or set another time.',
    )
    clock.set('2026-05-06T07:01:00Z')
    await build(services)
    expect(await editions()).toMatchObject([{ status: 'draft' }])
  })

  it('is done once by two workers at the same time', async () => {
    const { source } = sourceOf({ '2026-05-05': manyPapers(12) })
    const { services } = await jobServices('2026-05-06T06:00:00Z', source)
    await addReaders(db, 10)
    await Promise.all([build(services), build(services), build(services)])
    expect(await editions()).toMatchObject([{ period: '2026-05-05', status: 'frozen' }])
    await Promise.all([fanOutDue(services), fanOutDue(services), fanOutDue(services)])
    expect(await db.sql('SELECT id FROM mail_owed')).toHaveLength(10)
  })

  it('leaves an edition held that a gate has something against, and mails nobody', async () => {
    const { source } = sourceOf({ '2026-05-04': manyPapers(12), '2026-05-05': manyPapers(12, 20_000) })
    const { clock, services } = await jobServices('2026-05-05T06:00:00Z', source)
    await addReaders(db, 120)
    await build(services)
    await fanOutDue(services)
    await db.sql(`UPDATE subscriber SET status = 'unsubscribed' WHERE id % 2 = 0`)
    clock.set('2026-05-06T06:00:00Z')
    await build(services)
    await fanOutDue(services)
    expect(await editions()).toMatchObject([
      { status: 'sending' },
      { status: 'held', reason: 'audience-jumped: 60 readers, 120 for the edition before' },
    ])
    expect(await db.sql('SELECT id FROM mail_owed')).toHaveLength(120)
  })

  it('tries the links of a draft before it is frozen', async () => {
    const papers = manyPapers(12).map((paper) => ({ ...paper, codeUrl: `https://dead.example/${paper.id}` }))
    const { source } = sourceOf({ '2026-05-05': papers })
    const { clock, services } = await jobServices('2026-05-06T00:01:00Z', source)
    await build(services)
    clock.set('2026-05-06T05:55:00Z')
    await build({ ...services, probe: async (url) => /1000[0-2]$/.test(url) })
    expect(await editions()).toMatchObject([
      {
        status: 'held',
        reason: expect.stringMatching(/^dead-links: 3 lead nowhere: https:\/\/dead\.example/),
      },
    ])
  })

  it('after days of downtime builds and mails the last closed day alone', async () => {
    const days = ['2026-05-05', '2026-05-06', '2026-05-07']
    const { source } = sourceOf(
      Object.fromEntries(days.map((day, n) => [day, manyPapers(12, 1000 * (n + 1))])),
    )
    const { services } = await jobServices('2026-05-08T15:00:00Z', source)
    await addReaders(db, 2)
    await build(services)
    await fanOutDue(services)
    expect(await editions()).toMatchObject([{ period: '2026-05-07', status: 'sending' }])
    expect(await db.sql('SELECT id FROM mail_owed')).toHaveLength(2)
  })

  it('leaves an old edition, built for the archive, to a human', async () => {
    const { source } = sourceOf({ '2026-05-05': manyPapers(12) })
    const { clock, services } = await jobServices('2026-05-06T06:00:00Z', source)
    await addReaders(db, 2)
    await build(services)
    clock.set('2026-05-07T06:00:01Z')
    await fanOutDue(services)
    expect(await db.sql('SELECT id FROM mail_owed')).toEqual([])
  })

  it('tells a failed source from an empty day, and asks it again', async () => {
    const { source, state } = sourceOf({ '2026-05-05': manyPapers(12) })
    const { clock, services } = await jobServices('2026-05-06T06:00:00Z', source)
    state.failing = true
    await build(services)
    expect(await editions()).toMatchObject([
      { status: 'failed', reason: expect.stringContaining('ECONNREFUSED') },
    ])
    const asked = state.asked
    await build(services)
    expect(state.asked).toBe(asked)
    state.failing = false
    clock.set('2026-05-06T06:01:01Z')
    await build(services)
    expect(await editions()).toMatchObject([{ status: 'frozen' }])
  })

  it('sends nothing for a week without papers, and says why', async () => {
    const { source } = sourceOf({})
    const { clock, services } = await jobServices('2026-05-06T06:00:00Z', source)
    await addReaders(db, 1)
    for (let day = 6; day <= 12; day += 1) {
      clock.set(`2026-05-${String(day).padStart(2, '0')}T06:00:00Z`)
      await build(services)
      await fanOutDue(services)
    }
    const built = await editions()
    expect(built).toHaveLength(7)
    for (const edition of built) {
      expect(edition).toMatchObject({ status: 'empty', reason: expect.any(String) })
    }
    expect(await db.sql('SELECT id FROM mail_owed')).toEqual([])
  })

  it('takes in papers that were listed after an empty look', async () => {
    const days: Record<string, FoundPaper[]> = {}
    const { source } = sourceOf(days)
    const { clock, services } = await jobServices('2026-05-06T00:05:00Z', source)
    await build(services)
    expect(await editions()).toMatchObject([{ status: 'empty' }])
    days['2026-05-05'] = manyPapers(12)
    clock.set('2026-05-06T05:55:00Z')
    await build(services)
    expect(await editions()).toMatchObject([{ status: 'frozen' }])
  })

  it.each([
    ['an hour that spring leaves out', '2026-03-28', '02:30', 'Europe/Berlin', '2026-03-29T01:00:00Z'],
    ['an hour that autumn has twice', '2026-10-24', '02:30', 'Europe/Berlin', '2026-10-25T00:30:00Z'],
    ['a leap day', '2028-02-29', '06:00', 'UTC', '2028-03-01T06:00:00Z'],
    ["the year's end", '2026-12-31', '06:00', 'Asia/Tokyo', '2027-01-01T21:00:00Z'],
  ])('sends once on %s', async (_, day, sendAt, timezone, due) => {
    const { source } = sourceOf({ [day]: manyPapers(12) })
    const { clock, services } = await jobServices(`${day}T12:00:00Z`, source, {
      SEND_AT: sendAt,
      TIMEZONE: timezone,
    })
    await addReaders(db, 1)
    const fanned: Date[] = []
    for (let at = Date.parse(due) - 2 * 3_600_000; at < Date.parse(due) + 2 * 3_600_000; at += 10 * 60_000) {
      clock.set(new Date(at).toISOString())
      await build(services)
      await fanOutDue(services)
      const rows = await db.sql<{ due_at: Date }>('SELECT due_at FROM mail_owed')
      if (rows.length > fanned.length) fanned.push(clock.now())
      expect(rows.length).toBeLessThanOrEqual(1)
    }
    expect(fanned).toEqual([new Date(due)])
  })
})

describe('looking', () => {
  it('asks once an hour, and five minutes after a failure', async () => {
    const { source, state } = sourceOf({ '2026-05-06': manyPapers(3) })
    const { clock, services } = await jobServices('2026-05-06T10:00:00Z', source)
    const asked = async (at: string) => {
      clock.set(at)
      const before = state.asked
      await look(services)
      return state.asked - before
    }
    expect(await asked('2026-05-06T10:00:00Z')).toBe(4)
    expect(await asked('2026-05-06T10:30:00Z')).toBe(0)
    expect(await asked('2026-05-06T11:00:00Z')).toBe(4)
    state.failing = true
    expect(await asked('2026-05-06T12:00:00Z')).toBe(4)
    expect(await asked('2026-05-06T12:04:00Z')).toBe(0)
    state.failing = false
    expect(await asked('2026-05-06T12:05:00Z')).toBe(4)
    expect(await asked('2026-05-06T12:30:00Z')).toBe(0)
  })
})
