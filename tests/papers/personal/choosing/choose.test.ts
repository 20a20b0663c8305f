import { describe, expect, it } from 'vitest'
import { chooseFor } from '../../../../src/papers/personal/choosing/choose.js'
import { learn } from '../../../../src/papers/personal/choosing/learn.js'
import { openPool, type PoolPaper } from '../../../../src/papers/personal/choosing/pool.js'
import type { Placed } from '../../../../src/papers/personal/choosing/nearness.js'
import { openSpace } from '../../../../src/papers/personal/choosing/space.js'
import { type ReaderJudged, type ReaderTaste, weigh } from '../../../../src/papers/personal/choosing/weigh.js'
import { learnTaste } from '../../../../src/papers/personal/taste.js'
import { lexiconOf } from '../../../../src/papers/personal/vectors.js'

const fields = {
  proteins: 'protein folding structure molecule binding residue sequence enzyme',
  robots: 'robot grasp manipulation policy control locomotion actuator dexterous',
  speech: 'speech acoustic speaker phoneme utterance recognition vocoder prosody',
  graphs: 'graph node edge spectral laplacian community partition clique',
}
type Field = keyof typeof fields
const names = Object.keys(fields) as Field[]

const textOf = (field: Field, i: number) => {
  const words = fields[field].split(' ')
  const some = Array.from({ length: 6 }, (_, k) => words[(i * 3 + k * (1 + (i % 3))) % words.length])
  return {
    title: `${some.slice(0, 3).join(' ')} ${i}`,
    abstract: `We study ${some.join(' ')} and ${words[i % 8]}.`,
  }
}

const papers: PoolPaper[] = Array.from({ length: 40 }, (_, i) => {
  const field = names[i % 4]!
  return {
    id: `p${i}`,
    ...textOf(field, i),
    authors: [`author ${i % 13}`],
    organisation: `org ${i % 7}`,
    keywords: [`${field} ${i % 16}`],
    score: Math.log1p(40 - i),
    returned: false,
  }
})
const archive = Array.from({ length: 80 }, (_, i) => textOf(names[i % 4]!, 100 + i))
const lexicon = lexiconOf([...papers, ...archive])
const vectors = papers.map((paper) => lexicon.vectorOf(paper))
const background = archive.slice(0, 24).map((paper) => lexicon.vectorOf(paper))
const space = openSpace(vectors, background)
const pool = openPool(papers, vectors)

const judged = (field: Field, i: number, liked = true): ReaderJudged => ({
  n: i,
  cause: 'liked',
  liked,
  weight: 1,
  paper: lexicon.vectorOf(textOf(field, 200 + i)),
})
const nobody: ReaderTaste = { wishes: [], judged: [] }
const choose = (reader: ReaderTaste, had: number[] = []) =>
  chooseFor(space, pool, reader, { size: 10, had: new Set(had) })
const fieldOf = (index: number) => names[index % 4]

describe('learning by likeness', () => {
  it('gives what learning by terms gives', () => {
    const liked = [1, 2, 3].map((i) => judged('robots', i))
    const disliked = [4, 5].map((i) => judged('speech', i, false))
    const taste = learnTaste(liked, disliked, background)
    const { rows, rest } = learn(space, [...liked, ...disliked])
    for (const [p, vector] of vectors.entries()) {
      const sum = rows.reduce((all, row) => all + row[p]!, rest[p]!)
      expect(sum).toBeCloseTo(taste.of(vector), 4)
    }
  })
})

describe('an edition for one', () => {
  it('is the community’s where nothing is known, without surprises', () => {
    const chosen = choose(nobody)
    expect(chosen.every(({ cause }) => cause === 'community')).toBe(true)
    expect(chosen[0]?.index).toBe(0)
    expect(choose(nobody)).toEqual(chosen)
  })

  it('has every paper of a followed author, and none that is muted, whoever wrote it', () => {
    const follow = { n: 3, kind: 'author', key: 'author 12', muted: false }
    const chosen = choose({ wishes: [follow], judged: [] })
    const theirs = pool.about(follow)
    expect(theirs).toHaveLength(3)
    for (const index of theirs) expect(chosen).toContainEqual({ index, cause: 'author', n: 3 })
    const mute = { n: 4, kind: 'words', key: fields.proteins.split(' ')[0]!, muted: true }
    const without = choose({ wishes: [follow, mute], judged: [] })
    const banned = new Set(pool.about(mute))
    expect(banned.size).toBeGreaterThan(3)
    expect(without.filter(({ index }) => banned.has(index))).toEqual([])
    const both = choose({ wishes: [follow, { ...follow, n: 5, muted: true }], judged: [] })
    expect(both.filter(({ index }) => theirs.includes(index))).toEqual([])
  })

  it('leans to what was liked, says so, and keeps two places for what everybody else reads', () => {
    const reader = { wishes: [], judged: Array.from({ length: 10 }, (_, i) => judged('speech', i, i < 8)) }
    const chosen = choose(reader)
    const before = choose(nobody).filter(({ index }) => fieldOf(index) === 'speech').length
    expect(chosen.filter(({ index }) => fieldOf(index) === 'speech').length).toBeGreaterThan(before)
    expect(chosen.filter(({ cause }) => cause === 'liked').length).toBeGreaterThan(0)
    const half = chosen.slice(0, 8).filter(({ cause }) => cause === 'liked')
    expect(half.length).toBeGreaterThanOrEqual(4)
    const surprises = chosen.filter(({ cause }) => cause === 'surprise')
    expect(surprises).toHaveLength(2)
    expect(surprises.every(({ index }) => fieldOf(index) !== 'speech')).toBe(true)
  })

  it('finds what means the same as what was liked, where no word says so', () => {
    const direction = (at: number) => Int8Array.from({ length: 8 }, (_, i) => (i === at ? 127 : 0))
    const meant = (vector: Placed, at: number): Placed => ({ ...vector, meaning: direction(at) })
    const strange = lexicon.vectorOf({ title: 'unheard words', abstract: 'of nothing known' })
    const places = vectors.map((vector, i) => meant(i === 39 ? strange : vector, i === 39 ? 7 : i % 4))
    const unread = background.map((vector, i) => meant(vector, i % 4))
    const [near, open] = [openSpace(places, unread), openPool(papers, places)]
    const liked = [1, 2, 3, 4, 5, 6].map((i) => ({ ...judged('robots', i), paper: meant(strange, 7) }))
    const options = { size: 10, had: new Set<number>() }
    const chosen = chooseFor(near, open, { wishes: [], judged: liked }, options)
    expect(chosen[0]).toMatchObject({ index: 39, cause: 'liked' })
    expect(chooseFor(near, open, nobody, options).map(({ index }) => index)).not.toContain(39)
  })

  it('names a cause without which the paper’s score falls', () => {
    const wishes = [
      { n: 1, kind: 'organisation', key: 'org 3', muted: false },
      { n: 2, kind: 'keyword', key: 'graphs 15', muted: false },
      { n: 3, kind: 'words', key: 'locomotion', muted: false },
    ]
    const reader = { wishes, judged: Array.from({ length: 6 }, (_, i) => judged('proteins', i)) }
    const whole = weigh(space, pool, reader)
    for (const { index, cause, n } of choose(reader)) {
      if (cause === 'surprise' || cause === 'community') continue
      const left: ReaderTaste = {
        wishes: wishes.filter((wish) => wish.kind !== cause || wish.n !== n),
        judged: reader.judged.filter((one) => cause !== 'liked' || one.n !== n),
      }
      expect(weigh(space, pool, left).score[index]).toBeLessThan(whole.score[index]!)
    }
    const causes = new Set(choose(reader).map(({ cause }) => cause))
    expect(causes.size).toBeGreaterThan(2)
  })

  it('leaves out what they had, but for a return, and has three of one topic at most', () => {
    const first = choose(nobody).map(({ index }) => index)
    const second = choose(nobody, first)
    expect(second.filter(({ index }) => first.includes(index))).toEqual([])
    const returning = openPool(
      papers.map((paper, i) => ({ ...paper, returned: i === 0 })),
      vectors,
    )
    expect(
      chooseFor(space, returning, nobody, { size: 10, had: new Set(first) }).map(({ index }) => index),
    ).toContain(0)
    const everything = openPool(
      papers.map((paper, i) => ({ ...paper, keywords: [i < 20 ? 'one' : `k${i}`] })),
      vectors,
    )
    const varied = chooseFor(space, everything, nobody, { size: 8, had: new Set() })
    expect(varied.filter(({ index }) => index < 20)).toHaveLength(3)
    const reader = { wishes: [], judged: Array.from({ length: 6 }, (_, i) => judged('speech', i)) }
    const surprised = chooseFor(space, everything, reader, { size: 10, had: new Set() })
    expect(surprised.filter(({ cause }) => cause === 'surprise')).toHaveLength(2)
    expect(surprised.filter(({ index }) => index < 20).length).toBeLessThanOrEqual(3)
  })
})
