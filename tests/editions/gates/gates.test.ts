/** Gates: what holds an edition, and what does not. */
import { describe, expect, it } from 'vitest'
import { type GateFacts, judge, reasonOf, usualBounds } from '../../../src/editions/gates/gates.js'

const papers = ['a', 'b', 'c', 'd'].map((id) => ({ id, title: `Title ${id}` }))
const fine: GateFacts = {
  sourceSeenAt: new Date('2026-07-31T00:10:00Z'),
  closedAt: new Date('2026-07-31T00:00:00Z'),
  papers,
  papersBefore: [{ id: 'z', title: 'Title z' }],
  htmlBytes: 40_000,
  deadLinks: [],
  audience: 1000,
  audienceBefore: 990,
  returnedBefore: [],
}
const bounds = { ...usualBounds, editionMin: 3 }
const returned = (domain: string, accepted: number, dead: number, complaints: number) => ({
  domain,
  accepted,
  dead,
  complaints,
})
const before = (...ids: string[]) => ids.map((id) => ({ id, title: `Title ${id}` }))

describe('passes', () => {
  it.each<[string, Partial<GateFacts>]>([
    ['an ordinary edition', {}],
    ['the first edition', { papersBefore: [], audienceBefore: null }],
    ['one that shares a paper with the last', { papersBefore: before('a', 'x', 'y') }],
    ['a jump among few', { audience: 90, audienceBefore: 10 }],
    ['growth of exactly the share', { audience: 1300, audienceBefore: 1000 }],
    ['two dead links', { deadLinks: ['https://a.example', 'https://b.example'] }],
    ['exactly the budget', { htmlBytes: 80 * 1024 }],
    ['a source seen as the day ended', { sourceSeenAt: fine.closedAt }],
    ['two complaints of few readers', { returnedBefore: [returned('a.example', 10, 0, 2)] }],
    [
      'complaints of exactly the share',
      { returnedBefore: [returned('a.example', 1_000, 0, 3)], audienceBefore: 1_000 },
    ],
    ['a few dead addresses', { returnedBefore: [returned('a.example', 50, 19, 0)], audienceBefore: 990 }],
  ])('%s', (_name, facts) => {
    expect(judge({ ...fine, ...facts }, bounds)).toEqual([])
  })
})

describe('holds', () => {
  it.each<[string, Partial<GateFacts>, string]>([
    ['no answer', { sourceSeenAt: null }, 'source-stale: no source has answered for its days'],
    [
      'an answer before the end',
      { sourceSeenAt: new Date('2026-07-30T18:00:00Z') },
      'source-stale: the source last answered at 2026-07-30T18:00:00.000Z, before the day had ended',
    ],
    ['too few papers', { papers: papers.slice(0, 2) }, 'too-few-papers: 2 of at least 3'],
    [
      'half of the last again',
      { papersBefore: before('a', 'b') },
      'same-as-last: 2 of 4 papers were in the edition before',
    ],
    [
      'the same titles under other ids',
      { papersBefore: papers.map(({ title }) => ({ id: 'x', title: `${title.toUpperCase()}!` })) },
      'same-as-last: 4 of 4 papers were in the edition before',
    ],
    [
      'complaints at one domain',
      {
        returnedBefore: [returned('a.example', 900, 0, 3), returned('b.example', 90, 0, 0)],
        audienceBefore: 1_001,
      },
      'complaints: 3 of 900 at a.example; at most 0.3 % of the edition before may complain',
    ],
    [
      'complaints spread over many domains',
      {
        returnedBefore: [returned('a.example', 900, 0, 2), returned('b.example', 90, 0, 2)],
        audienceBefore: 990,
      },
      'complaints: 4 of 990 at all domains; at most 0.3 % of the edition before may complain',
    ],
    [
      'many dead addresses',
      { returnedBefore: [returned('a.example', 900, 50, 0)], audienceBefore: 990 },
      'bounces: 50 of 990 addresses of the edition before are no good, of at most 5 %',
    ],
    ['a large mail', { htmlBytes: 90 * 1024 }, 'html-too-large: 90.0 KB of at most 80.0 KB'],
    [
      'dead links',
      { deadLinks: ['https://a.example', 'b', 'c'] },
      'dead-links: 3 lead nowhere: https://a.example, b, c',
    ],
    [
      'a jump up',
      { audience: 1301, audienceBefore: 1000 },
      'audience-jumped: 1301 readers, 1000 for the edition before',
    ],
    [
      'a jump down',
      { audience: 0, audienceBefore: 1000 },
      'audience-jumped: 0 readers, 1000 for the edition before',
    ],
  ])('%s', (_name, facts, reason) => {
    expect(reasonOf(judge({ ...fine, ...facts }, bounds))).toBe(reason)
  })

  it('with every reason there is', () => {
    const found = judge(
      { ...fine, sourceSeenAt: null, papers: [], htmlBytes: 1e6, deadLinks: ['x', 'y', 'z'], audience: 5 },
      bounds,
    )
    expect(found.map(({ gate }) => gate)).toEqual([
      'source-stale',
      'too-few-papers',
      'html-too-large',
      'dead-links',
      'audience-jumped',
    ])
  })
})
