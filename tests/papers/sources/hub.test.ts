import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hubSource } from '../../../src/papers/sources/hub.js'
import type { SourceError } from '../../../src/papers/source.js'
import { hubEntry } from '../../support/entries.js'
import { type HubFault, type HubStandIn, startHubStandIn } from '../../support/hub-stand-in.mjs'

const day = '2026-07-20'
const now = () => new Date('2026-07-21T06:00:00Z')
let standIn: HubStandIn
let pauses: number[]

beforeEach(async () => {
  pauses = []
  standIn = await startHubStandIn({ now, days: { [day]: [hubEntry('2607.00001'), hubEntry('2607.00002')] } })
})
afterEach(() => standIn.close())

function source(options: { mostBytes?: number; timeoutMs?: number } = {}) {
  const sleep = async (ms: number) => void pauses.push(ms)
  return hubSource({
    baseUrl: standIn.url,
    clock: { now },
    retry: { sleep, random: () => 1 },
    timeoutMs: 2000,
    ...options,
  })
}

const faultOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'answered',
    (error: SourceError) => `${error.fault}: ${error.message}`,
  )

describe('the Hub', () => {
  it('is asked for more than its default number, and lists in order', async () => {
    const list = await source().day(day)
    expect(list.papers.map((paper) => paper.id)).toEqual(['2607.00001', '2607.00002'])
    expect(list.skipped).toEqual([])
    expect(standIn.requests).toEqual(['/api/daily_papers?date=2026-07-20&limit=100'])
  })

  it('is asked page by page until a short one', async () => {
    const ids = Array.from({ length: 230 }, (_, i) => `2607.${10_000 + i}`)
    standIn.serve(
      day,
      ids.map((id) => hubEntry(id)),
    )
    const list = await source().day(day)
    expect(list.papers.map((paper) => paper.id)).toEqual(ids)
    expect(standIn.requests.map((url) => new URLSearchParams(url.split('?')[1]).get('p'))).toEqual([
      null,
      '1',
      '2',
    ])
  })

  it('has empty days, which are no faults', async () => {
    expect(await source().day('2026-07-19')).toEqual({ papers: [], skipped: [] })
  })

  it('is not asked for a day that has not come', async () => {
    expect(await faultOf(source().day('2026-07-22'))).toBe('not-yet: 2026-07-22 has not come yet')
    expect(standIn.requests).toEqual([])
  })

  it('leaves out and counts entries that are no papers', async () => {
    standIn.serve(day, [hubEntry('2607.00001'), null, { paper: { id: 'x' } }])
    const list = await source().day(day)
    expect(list.papers).toHaveLength(1)
    expect(list.skipped).toEqual(['no arXiv id', 'no arXiv id'])
  })

  it.each<[HubFault['kind'], Partial<HubFault>, string]>([
    ['server-error', {}, 'broken: status 500, 4 tries'],
    ['web-page', {}, 'not-a-list: a web page instead of JSON, 4 tries'],
    [
      'error-object',
      {},
      "not-a-list: an error instead of a list: Sorry, we can't find the page you are looking for., 4 tries",
    ],
    ['too-many-requests', {}, 'too-many-requests: status 429: too many requests, 4 tries'],
    ['body', { body: '{"papers":[]}' }, 'not-a-list: no list of papers, 4 tries'],
    ['body', { body: '[{"paper":' }, 'not-a-list: broken JSON, 4 tries'],
    ['body', { body: '' }, 'not-a-list: broken JSON, 4 tries'],
    ['body', { body: '['.repeat(5000) }, 'not-a-list: JSON nested deeper than 64, 4 tries'],
    ['body', { body: '[1,2,3]' }, 'not-a-list: none of 3 entries is a paper: no arXiv id'],
  ])('fails with %s as %s', async (kind, more, expected) => {
    standIn.fail({ kind, ...more })
    expect(await faultOf(source().day(day))).toBe(expected)
  })

  it('fails when the connection is cut in the middle, and when nobody listens', async () => {
    standIn.fail({ kind: 'cut' })
    expect(await faultOf(source().day(day))).toMatch(/^unreachable: .*, 4 tries$/)
    await standIn.close()
    expect(await faultOf(source().day(day))).toMatch(/^unreachable: .*ECONNREFUSED.*, 4 tries$/)
  })

  it('fails when it stays silent', async () => {
    standIn.fail({ kind: 'silence' })
    expect(await faultOf(source({ timeoutMs: 50 }).day(day))).toBe(
      'timed-out: no full answer within 0.05 s, 4 tries',
    )
  })

  it('fails on an answer that is too large, and does not ask for it again', async () => {
    standIn.fail({ kind: 'body', body: `[${' '.repeat(200_000)}]` })
    expect(await faultOf(source({ mostBytes: 100_000 }).day(day))).toBe(
      'too-large: the answer is larger than 100000 bytes',
    )
    expect(standIn.requests).toHaveLength(1)
  })

  it('is asked again after longer and longer pauses', async () => {
    standIn.fail({ kind: 'server-error', times: 3 })
    expect((await source().day(day)).papers).toHaveLength(2)
    expect(pauses).toEqual([1000, 2000, 4000])
  })

  it.each([
    ['its quota', { ratelimit: '"api";r=0;t=9' }, [9000]],
    ['Retry-After', { 'retry-after': '7' }, [7000]],
    ['a quota not used up', { ratelimit: '"api";r=12;t=299' }, [1000]],
  ])('is left alone as long as %s says', async (_what, headers, expected) => {
    standIn.fail({ kind: 'too-many-requests', times: 1, headers })
    await source().day(day)
    expect(pauses).toEqual(expected)
  })

  it('is left for the next look when it asks for a long pause', async () => {
    standIn.fail({ kind: 'too-many-requests', headers: { 'retry-after': '3600' } })
    expect(await faultOf(source().day(day))).toBe('too-many-requests: status 429: too many requests')
    expect(pauses).toEqual([])
  })
})
