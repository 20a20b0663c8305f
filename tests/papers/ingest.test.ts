import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Db } from '../../src/db/client.js'
import { silentLog } from '../../src/log.js'
import { hubSource } from '../../src/papers/sources/hub.js'
import { ingestDay, lookBack } from '../../src/papers/ingest.js'
import { candidatesFor, latestDay, neighbourDays, papersOfDay, readPaper } from '../../src/papers/reads.js'
import { hubEntry } from '../support/entries.js'
import { type HubStandIn, startHubStandIn } from '../support/hub-stand-in.mjs'
import { recordedFolder } from '../support/recorded.js'
import { testDatabase } from '../support/test-database.js'

const day = '2026-07-20'
let db: Db
let time: Date
const clock = { now: () => time }

beforeAll(async () => {
  ;({ db } = await testDatabase())
})
beforeEach(async () => {
  time = new Date('2026-07-21T06:00:00Z')
  await db.sql('TRUNCATE paper, look CASCADE')
})

const services = () => ({ db, clock, log: silentLog })
const source = (standIn: HubStandIn) =>
  hubSource({ baseUrl: standIn.url, clock, retry: { sleep: async () => {}, random: () => 0 } })

async function withHub<T>(
  options: Parameters<typeof startHubStandIn>[0],
  work: (standIn: HubStandIn) => Promise<T>,
): Promise<T> {
  const standIn = await startHubStandIn({ now: () => time, ...options })
  try {
    return await work(standIn)
  } finally {
    await standIn.close()
  }
}

const looks = () =>
  db.sql('SELECT source, day::text, at, outcome, papers, skipped, fault FROM look ORDER BY id')

describe('a look', () => {
  it('keeps papers, their place on the list, and what it saw', async () => {
    const full = hubEntry('2607.00001', {
      votes: 12,
      comments: 3,
      stars: 40,
      organisation: 'Acme',
      submitter: 'ak',
      listedAt: '2026-07-20T03:00:00Z',
      code: 'https://github.com/acme/one',
      authorTalks: true,
    })
    const report = await withHub(
      { days: { [day]: [full, hubEntry('math/0309136', { votes: 2 }), 7] } },
      (hub) => ingestDay(services(), source(hub), day),
    )
    expect(report).toEqual({
      source: 'hub',
      day,
      at: time,
      outcome: 'ok',
      papers: 2,
      added: 2,
      skipped: 1,
      fault: 'skipped 1: no arXiv id',
    })
    const papers = await papersOfDay(db, day)
    expect(papers.map((paper) => paper.id)).toEqual(['2607.00001', 'math/0309136'])
    expect(papers[0]).toEqual({
      id: '2607.00001',
      title: 'Paper 2607.00001',
      abstract: 'What 2607.00001 is about.',
      summary: null,
      authors: ['Ada Lovelace', 'Alan Turing'],
      authorCount: 2,
      organisation: 'Acme',
      submitter: 'ak',
      keywords: [],
      codeUrl: 'https://github.com/acme/one',
      projectUrl: null,
      publishedAt: new Date('2026-07-18'),
      listedAt: new Date('2026-07-20T03:00:00Z'),
      listedOn: [day],
      votes: 12,
      comments: 3,
      stars: 40,
      authorTalks: true,
      withdrawn: false,
      picture: null,
      html: {
        title: 'Paper 2607.00001',
        titleText: 'Paper 2607.00001',
        abstract: 'What 2607.00001 is about.',
        beginning: '',
        summary: '',
        card: 'What 2607.00001 is about.',
      },
    })
    expect(await looks()).toEqual([
      { source: 'hub', day, at: time, outcome: 'ok', papers: 2, skipped: 1, fault: 'skipped 1: no arXiv id' },
    ])
  })

  it('never loses a fact that a later one lacks', async () => {
    const rich = hubEntry('2607.00001', {
      votes: 5,
      stars: 9,
      organisation: 'Acme',
      submitter: 'ak',
      code: 'https://github.com/a/b',
      authorTalks: true,
    })
    const poor = { paper: { id: '2607.00001', title: 'A better title' } }
    await withHub({ days: { [day]: [rich] } }, async (hub) => {
      await ingestDay(services(), source(hub), day)
      const before = await readPaper(db, '2607.00001')
      hub.serve(day, [poor])
      time = new Date('2026-07-21T09:00:00Z')
      await ingestDay(services(), source(hub), day)
      expect(await readPaper(db, '2607.00001')).toEqual({
        ...before,
        title: 'A better title',
        html: { ...before?.html, title: 'A better title', titleText: 'A better title' },
      })
    })
    // A look that was told no votes has no snapshot: that is not zero votes.
    expect(await db.sql('SELECT votes FROM snapshot')).toEqual([{ votes: 5 }])
  })

  it('adds a snapshot each time, which candidates show in order', async () => {
    await withHub({ days: { [day]: [hubEntry('2607.00001', { votes: 5 })] } }, async (hub) => {
      await ingestDay(services(), source(hub), day)
      time = new Date('2026-07-21T12:00:00Z')
      hub.serve(day, [
        hubEntry('2607.00001', { votes: 43, comments: 4 }),
        hubEntry('2607.00009', { votes: 50 }),
      ])
      const report = await ingestDay(services(), source(hub), day)
      expect(report).toMatchObject({ papers: 2, added: 1 })
    })
    const candidates = await candidatesFor(db, day)
    expect(
      candidates.map((paper) => [paper.id, paper.votes, paper.snapshots.map((seen) => seen.votes)]),
    ).toEqual([
      ['2607.00009', 50, [50]],
      ['2607.00001', 43, [5, 43]],
    ])
    expect(candidates[1]?.snapshots[0]?.at).toEqual(new Date('2026-07-21T06:00:00Z'))
  })

  it('tells an empty day from a source that failed', async () => {
    await withHub({ days: {} }, async (hub) => {
      expect(await ingestDay(services(), source(hub), '2026-07-19')).toMatchObject({
        outcome: 'empty',
        papers: 0,
      })
      hub.fail({ kind: 'server-error' })
      expect(await ingestDay(services(), source(hub), day)).toMatchObject({
        outcome: 'failed',
        fault: 'broken: status 500, 4 tries',
      })
    })
    expect((await looks()).map((look) => [look['day'], look['outcome']])).toEqual([
      ['2026-07-19', 'empty'],
      [day, 'failed'],
    ])
    expect(await latestDay(db)).toBeNull()
  })

  it('goes back over the last days, oldest first', async () => {
    const days = {
      '2026-07-18': [hubEntry('2607.00001')],
      '2026-07-20': [hubEntry('2607.00001'), hubEntry('2607.00003')],
    }
    const reports = await withHub({ days }, (hub) => lookBack(services(), source(hub), day))
    expect(reports.map((report) => [report.day, report.outcome, report.added])).toEqual([
      ['2026-07-18', 'ok', 1],
      ['2026-07-19', 'empty', 0],
      ['2026-07-20', 'ok', 1],
    ])
    expect(await neighbourDays(db, '2026-07-19')).toEqual({ previous: '2026-07-18', next: '2026-07-20' })
    expect(await latestDay(db)).toBe('2026-07-20')
    const candidates = await candidatesFor(db, day, { days: ['2026-07-18', '2026-07-19', day] })
    expect(candidates.map((paper) => [paper.id, paper.listedOn])).toEqual([
      ['2607.00001', ['2026-07-18', '2026-07-20']],
      ['2607.00003', ['2026-07-20']],
    ])
  })

  it('may be taken by two at once', async () => {
    const days = { [day]: Array.from({ length: 50 }, (_, i) => hubEntry(`2607.${10_050 - i}`)) }
    const reports = await withHub({ days }, (hub) =>
      Promise.all([1, 2, 3].map(() => ingestDay(services(), source(hub), day))),
    )
    expect(reports.map((report) => report.outcome)).toEqual(['ok', 'ok', 'ok'])
    expect(await papersOfDay(db, day)).toHaveLength(50)
  })
})

describe('recorded days', () => {
  const shared = recordedFolder('all recorded days go in without a lost paper')
  const folders = [
    'tests/fixtures/daily',
    ...(shared ? [join(shared, 'daily'), join(shared, 'daily-older-shapes'), join(shared, 'snapshots')] : []),
  ]
  it.each(folders)('of %s go in without a lost paper', async (dir) => {
    time = new Date('2026-08-08T06:00:00Z')
    await withHub({ dir }, async (hub) => {
      expect(hub.days.length).toBeGreaterThan(0)
      for (const recorded of hub.days) {
        const report = await ingestDay(services(), source(hub), recorded)
        expect(report).toMatchObject({ outcome: 'ok', skipped: 0, fault: null })
        const kept = await papersOfDay(db, recorded)
        expect(kept.map((paper) => paper.id).toSorted()).toEqual(idsOf(dir, recorded))
        expect(kept.every((paper) => paper.authors.length > 0 && paper.abstract && paper.publishedAt)).toBe(
          true,
        )
      }
    })
  })
})

/** The ids of the newest file of that day, read without the code under test. */
function idsOf(dir: string, recorded: string): string[] {
  const file = readdirSync(dir)
    .filter((name) => name.startsWith(recorded))
    .toSorted()
    .at(-1)
  const entries = JSON.parse(readFileSync(join(dir, file ?? ''), 'utf8')) as { paper: { id: string } }[]
  return entries.map((entry) => entry.paper.id).toSorted()
}
