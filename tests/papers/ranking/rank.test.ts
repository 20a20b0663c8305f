import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Candidate } from '../../../src/papers/paper.js'
import { rank } from '../../../src/papers/ranking/rank.js'
import type { CurationEntry } from '../../../src/papers/ranking/ranking.js'
import { candidate } from '../../support/candidates.js'

const at = new Date('2026-07-21T06:00:00Z')
const ids = (papers: { paper: Candidate }[]) => papers.map(({ paper }) => paper.id)
const word = (
  paperId: string,
  action: CurationEntry['action'],
  position: number | null = null,
): CurationEntry => ({
  paperId,
  action,
  position,
  reason: null,
  by: 'ak',
})
const letters = (text: string) => text.split('').map((id, i) => candidate(id, { votes: 100 - i * 5 }))

describe('the order', () => {
  it.each<[string, Partial<Candidate>, Partial<Candidate>]>([
    ['more votes', { votes: 20 }, { votes: 10 }],
    ['the same votes in less time', { listedAt: new Date('2026-07-20T18:00:00Z') }, {}],
    ['more talk', { comments: 9 }, { comments: 1 }],
    ['more authors, who tell more people', { authorCount: 40 }, { authorCount: 1 }],
    ['what is fresh', { publishedAt: new Date('2026-07-20') }, { publishedAt: new Date('2024-01-01') }],
    [
      'at equal scores, who was listed earlier',
      { listedOn: ['2026-07-20'], listedAt: null },
      { id: 'a', listedAt: null },
    ],
  ])('prefers %s', (_what, better, worse) => {
    const ranking = rank([candidate('w', worse), candidate('B', better)], { size: 10, at })
    expect(ids(ranking.chosen)[0]).toBe('B')
  })

  it("does not count the submitter's own comment", () => {
    const ranking = rank([candidate('b', { comments: 1 }), candidate('a', { comments: 0 })], { size: 10, at })
    expect(ranking.chosen.map((one) => one.reasons.score)).toEqual([
      ranking.chosen[0]?.reasons.score,
      ranking.chosen[0]?.reasons.score,
    ])
  })

  it('does not let an hour-old paper with two votes lead', () => {
    const young = candidate('y', { votes: 2, listedAt: new Date('2026-07-21T05:00:00Z') })
    expect(ids(rank([young, candidate('o', { votes: 10 })], { size: 10, at }).chosen)).toEqual(['o', 'y'])
  })

  it('is the same whatever the order of the candidates, and loses none', () => {
    const some = fc.array(
      fc.record({
        votes: fc.nat(20),
        comments: fc.nat(3),
        stars: fc.option(fc.nat(50_000)),
        organisation: fc.constantFrom(null, 'Acme', 'Emca'),
        submitter: fc.constantFrom(null, 'ak', 'bo'),
        listedAt: fc.option(fc.date({ min: new Date('2026-07-18'), max: at, noInvalidDate: true })),
      }),
      { maxLength: 30 },
    )
    fc.assert(
      fc.property(some, fc.nat(12), fc.array(fc.nat()), (fields, size, shuffle) => {
        const papers = fields.map((one, i) => candidate(`p${i}`, one))
        const mixed = papers.map((paper, i) => ({ paper, key: shuffle[i] ?? 0 }))
        mixed.sort((a, b) => a.key - b.key)
        const one = rank(papers, { size: size + 1, at })
        expect(
          rank(
            mixed.map(({ paper }) => paper),
            { size: size + 1, at },
          ),
        ).toEqual(one)
        expect(one.chosen.length).toBeLessThanOrEqual(size + 1)
        expect(one.chosen.map((chosen) => chosen.rank)).toEqual(one.chosen.map((_, i) => i + 1))
        expect([...ids(one.chosen), ...ids(one.leftOut)].toSorted()).toEqual(
          ids(papers.map((paper) => ({ paper }))).toSorted(),
        )
      }),
      { numRuns: 200 },
    )
  })
})

describe('the choice', () => {
  const whyOf = (papers: Candidate[], id: string, options: Partial<Parameters<typeof rank>[1]> = {}) => {
    const out = rank(papers, { size: 3, at, ...options }).leftOut.find((one) => one.paper.id === id)
    return out && `${out.why}: ${out.detail}`
  }

  it('takes at most the size, and says so of the rest', () => {
    const ranking = rank(letters('abcde'), { size: 3, at })
    expect(ids(ranking.chosen)).toEqual(['a', 'b', 'c'])
    expect(ranking.leftOut.map((one) => one.why)).toEqual(['no-room', 'no-room'])
  })

  it('takes two of one organisation at most, whatever its case', () => {
    const papers = letters('abcd').map((paper) => ({
      ...paper,
      organisation: paper.id === 'd' ? 'Emca' : 'Acme',
    }))
    expect(ids(rank(papers, { size: 3, at }).chosen)).toEqual(['a', 'b', 'd'])
    const [third] = papers.filter((paper) => paper.id === 'c')
    expect(
      whyOf([...papers.filter((p) => p.id !== 'c'), { ...(third as Candidate), organisation: 'ACME' }], 'c'),
    ).toBe('same-organisation: 2 of ACME are in already')
  })

  it('takes two of one submitter at most, unless they listed most of the day', () => {
    const papers = letters('abcdefg').map((paper) => ({
      ...paper,
      submitter: 'abc'.includes(paper.id) ? 'ak' : null,
    }))
    expect(whyOf(papers, 'c', { size: 5 })).toBe('same-submitter: 2 listed by ak are in already')
    const curated = papers.map((paper) => ({ ...paper, submitter: 'ak' }))
    expect(ids(rank(curated, { size: 5, at }).chosen)).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('takes one of two that are nearly the same', () => {
    const abstract =
      'We train a large model on many tokens and show that it does what smaller models do not do at all.'
    const one = candidate('a', { title: 'Large models do more', abstract, votes: 50 })
    const again = candidate('b', {
      title: 'Large models do more!',
      abstract: `${abstract} Code is out.`,
      votes: 40,
    })
    expect(whyOf([one, again, candidate('c')], 'b')).toBe('near-duplicate: nearly the same as a')
    const sameTitle = candidate('d', { title: 'A survey of the many uses of graphs', votes: 30 })
    const otherWork = candidate('e', { title: 'A Survey of the Many Uses of Graphs', votes: 20 })
    expect(whyOf([sameTitle, otherWork], 'e')).toBe('near-duplicate: nearly the same as d')
    const report = candidate('f', { title: 'Technical report' })
    expect(whyOf([report, candidate('g', { title: 'Technical report' })], 'g')).toBeUndefined()
  })

  it('holds two for one work that mean the same in other words, where a model says so', () => {
    const shared = 'we measure how quickly ships drift in storms'
    const rest = (name: string) => Array.from({ length: 40 }, (_, i) => `${name}${i}`).join(' ')
    const one = candidate('a', { abstract: `${shared} ${rest('x')}`, votes: 20 })
    const told = candidate('b', { abstract: `${shared} ${rest('y')}` })
    const same = Int8Array.from({ length: 4 }, () => 63)
    const other = Int8Array.from([127, 0, 0, 0])
    const whyWith = (b: Int8Array) => {
      const meanings = new Map([
        ['a', same],
        ['b', b],
      ])
      return whyOf([one, told], 'b', { meanings })
    }
    expect(whyWith(same)).toBe('near-duplicate: nearly the same as a')
    expect(whyWith(other)).toBeUndefined()
    expect(whyOf([one, told], 'b')).toBeUndefined()
  })

  it('has a floor of votes that gives way on a thin day', () => {
    const papers = [5, 4, 3, 2, 1, 0].map((votes) =>
      candidate(`p${votes}`, {
        votes,
        listedAt: new Date(votes < 3 ? '2026-07-21T05:59:00Z' : '2026-07-20T00:00:00Z'),
      }),
    )
    expect(ids(rank(papers, { size: 3, at }).chosen)).toEqual(['p5', 'p4', 'p3'])
    expect(whyOf(papers, 'p2')).toBe('below-floor: 2 votes, below the floor of 3')
    const thin = rank(papers, { size: 5, at })
    expect(ids(thin.chosen).toSorted()).toEqual(['p1', 'p2', 'p3', 'p4', 'p5'])
    expect(thin.weights['floor']).toBe(1)
    expect(ids(rank([candidate('z', { votes: 0 })], { size: 5, at }).chosen)).toEqual(['z'])
  })

  it('never takes what an earlier edition had, but for a flagged return', () => {
    const papers = letters('abc')
    const had = new Set(['a'])
    expect(ids(rank(papers, { size: 3, at, had }).chosen)).toEqual(['b', 'c'])
    const pinned = { had, curation: [word('a', 'pin', 1)] }
    expect(whyOf(papers, 'a', pinned)).toBe(
      'had: an earlier edition had it, and it is not flagged as a return',
    )
    const back = rank(papers, { size: 3, at, had, curation: [word('a', 'return')] })
    expect(back.chosen.map((one) => [one.paper.id, one.returned])).toEqual([
      ['a', true],
      ['b', false],
      ['c', false],
    ])
  })

  it('follows the editors: hidden, pinned to places, past the floor and the caps', () => {
    const papers = [...letters('abcd'), candidate('z', { votes: 0 }), candidate('y', { votes: 1 })]
    const curation = [word('a', 'hide'), word('z', 'pin', 1), word('y', 'pin', 3)]
    const ranking = rank(papers, { size: 4, at, curation })
    expect(ids(ranking.chosen)).toEqual(['z', 'b', 'y', 'c'])
    expect(ranking.chosen.map((one) => one.rank)).toEqual([1, 2, 3, 4])
    expect(whyOf(papers, 'a', { curation })).toBe('hidden: hidden by ak')
  })

  it('never takes a paper that its authors withdrew, pinned or not', () => {
    const papers = letters('abc').map((paper) => ({ ...paper, withdrawn: paper.id === 'a' }))
    expect(whyOf(papers, 'a', { curation: [word('a', 'pin', 1)] })).toBe(
      'withdrawn: its authors withdrew it on arXiv',
    )
  })

  it('keeps to its size however many are pinned', () => {
    const curation = ['a', 'b', 'c', 'd'].map((id, i) => word(id, 'pin', 4 - i))
    expect(ids(rank(letters('abcde'), { size: 2, at, curation }).chosen)).toEqual(['d', 'c'])
  })

  it('is empty on an empty day', () => {
    expect(rank([], { size: 10, at })).toMatchObject({ chosen: [], leftOut: [] })
  })
})

describe('the note for readers', () => {
  const seen = (time: string, votes: number) => ({ at: new Date(time), votes, comments: 1, stars: null })
  it.each<[Partial<Candidate>, string | null]>([
    [{}, null],
    [{ codeUrl: 'https://github.com/a/b' }, 'code released'],
    [{ comments: 7 }, '6 comments'],
    [{ comments: 7, authorTalks: true }, 'the author answers questions, 6 comments'],
    [{ comments: 3, authorTalks: true }, 'the author answers questions'],
    // Their own comment and one that may be a program's are no questions.
    [{ comments: 2, authorTalks: true }, null],
    [{ listedOn: ['2026-07-16', '2026-07-17', '2026-07-20'] }, 'third day on the list'],
    [
      { votes: 50, snapshots: [seen('2026-07-20T17:00:00Z', 12), seen('2026-07-21T05:00:00Z', 50)] },
      '+38 overnight',
    ],
    [
      { votes: 50, snapshots: [seen('2026-07-19T17:00:00Z', 12), seen('2026-07-21T05:00:00Z', 50)] },
      '+38 since the day before',
    ],
    [{ votes: 50, snapshots: [seen('2026-07-21T04:00:00Z', 12), seen('2026-07-21T05:00:00Z', 50)] }, null],
    [{ votes: 500, snapshots: [seen('2026-07-20T17:00:00Z', 480), seen('2026-07-21T05:00:00Z', 500)] }, null],
    [{ votes: 8, snapshots: [seen('2026-07-20T17:00:00Z', 12), seen('2026-07-21T05:00:00Z', 8)] }, null],
  ])('of %j is %s', (fields, expected) => {
    expect(rank([candidate('a', fields)], { size: 3, at }).chosen[0]?.note).toBe(expected)
  })
})
