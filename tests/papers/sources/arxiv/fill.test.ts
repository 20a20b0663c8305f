import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Db } from '../../../../src/db/client.js'
import { silentLog } from '../../../../src/log.js'
import { lookUp } from '../../../../src/papers/sources/arxiv/client.js'
import { fillFromArxiv } from '../../../../src/papers/sources/arxiv/fill.js'
import { bookTurn } from '../../../../src/papers/sources/arxiv/turn.js'
import { candidatesFor, readPaper } from '../../../../src/papers/reads.js'
import { type ArxivStandIn, startArxivStandIn } from '../../../support/arxiv-stand-in.js'
import { testDatabase } from '../../../support/test-database.js'

const day = '2026-07-20'
let db: Db
let time: Date
let standIn: ArxivStandIn
let waits: number[]
const clock = { now: () => time }

beforeAll(async () => {
  ;({ db } = await testDatabase())
})
beforeEach(async () => {
  time = new Date('2026-07-21T06:00:00Z')
  waits = []
  await db.sql('TRUNCATE paper, arxiv_answer, source_turn CASCADE')
  await db.sql(`INSERT INTO paper (id, title, abstract, authors, withdrawn) VALUES
    ('2607.00001', 'Bare', '', '{}', false), ('2607.00002', 'Whole', 'Abstract of the list', '{Ada}', false),
    ('local-0123456789abcdef', 'From a file', '', '{}', false)`)
  await db.sql(`INSERT INTO listing (day, paper_id) SELECT $1::date, id FROM paper`, [day])
  standIn = await startArxivStandIn({
    '2607.00001': { title: 'Bare &amp; true', abstract: 'Found on arXiv', authors: ['Bo'], version: 3 },
    '2607.00002': {
      title: 'Whole',
      abstract: 'Another',
      comment: 'This paper has been withdrawn by its authors',
    },
  })
})
afterEach(() => standIn.close())

const sleep = async (ms: number) => void waits.push(ms)
const options = () => ({ baseUrl: standIn.url, sleep, retry: { tries: 2 } })
const services = () => ({ db, clock, log: silentLog })

describe('arXiv', () => {
  it('fills what is missing and nothing else, and tells what was withdrawn', async () => {
    expect(await fillFromArxiv(services(), day, options())).toEqual({
      asked: 2,
      filled: 2,
      withdrawn: ['2607.00002'],
      fault: null,
    })
    expect(await readPaper(db, '2607.00001')).toMatchObject({
      title: 'Bare',
      abstract: 'Found on arXiv',
      authors: ['Bo'],
      keywords: ['cs.LG'],
      publishedAt: new Date('2026-07-16T17:59:37Z'),
      withdrawn: false,
    })
    expect(await readPaper(db, '2607.00002')).toMatchObject({
      abstract: 'Abstract of the list',
      authors: ['Ada'],
      withdrawn: true,
    })
    expect((await candidatesFor(db, day)).map((paper) => paper.withdrawn)).toEqual([false, true, false])
    expect(await db.sql('SELECT version FROM paper ORDER BY id')).toEqual([
      { version: 3 },
      { version: 1 },
      { version: null },
    ])
  })

  it('is asked once a week about a paper, also about one that it does not know', async () => {
    await lookUp(services(), ['2607.00001', '2607.99999', '2607.00001'], options())
    expect(await lookUp(services(), ['2607.00001', '2607.99999'], options())).toHaveProperty('size', 1)
    expect(standIn.requests.map((request) => request.ids)).toEqual([['2607.00001', '2607.99999']])
    time = new Date('2026-07-29T06:00:00Z')
    await lookUp(services(), ['2607.00001'], options())
    expect(standIn.requests).toHaveLength(2)
  })

  it('is asked again where another version kept an answer of another shape', async () => {
    await db.sql(
      `INSERT INTO arxiv_answer (id, entry, asked_at) VALUES ('2607.00001', '{"id": "2607.00001"}', $1)`,
      [time],
    )
    const found = await lookUp(services(), ['2607.00001'], options())
    expect(found.get('2607.00001')).toMatchObject({ abstract: 'Found on arXiv', authors: ['Bo'], version: 3 })
    expect(standIn.requests.map((request) => request.ids)).toEqual([['2607.00001']])
  })

  it('is asked in parts of a hundred', async () => {
    const ids = Array.from({ length: 250 }, (_, i) => `2607.${10_000 + i}`)
    await lookUp(services(), ids, options())
    expect(standIn.requests.map((request) => request.ids.length)).toEqual([100, 100, 50])
  })

  it('is asked once in three seconds, whoever asks', async () => {
    const turns = await Promise.all(Array.from({ length: 5 }, () => bookTurn(db, 'arxiv')))
    const sorted = turns.toSorted((a, b) => a - b)
    expect(sorted[0]).toBeLessThan(500)
    for (const [i, wait] of sorted.entries()) expect(Math.abs(wait - i * 3000)).toBeLessThan(1000)
    await lookUp(services(), ['2607.00001'], options())
    expect(waits).toHaveLength(1)
    expect(waits[0]).toBeGreaterThan(13_000)
  })

  it.each([
    ['a server error', { status: 503, body: 'busy' }, 'broken: status 503, 2 tries'],
    [
      'a web page',
      { status: 200, body: '<!doctype html>' },
      'not-a-list: a document type in a feed, 2 tries',
    ],
  ])('is not in the way when it fails with %s', async (_what, answer, fault) => {
    standIn.answer = answer
    expect(await fillFromArxiv(services(), day, options())).toEqual({
      asked: 2,
      filled: 0,
      withdrawn: [],
      fault,
    })
    expect(await db.sql('SELECT answered_at, failed_at, fault FROM source_turn')).toEqual([
      { answered_at: null, failed_at: time, fault },
    ])
  })

  it('is not asked when the day has no papers of its own', async () => {
    expect(await fillFromArxiv(services(), '2026-07-19', options())).toMatchObject({ asked: 0 })
    expect(standIn.requests).toEqual([])
  })
})
