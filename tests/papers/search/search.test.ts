import { beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../src/db/client.js'
import { relatedPapers } from '../../../src/papers/search/related.js'
import { type SearchFilter, searchPapers } from '../../../src/papers/search/search.js'
import { storePapers } from '../../../src/papers/store.js'
import { readHubEntry } from '../../../src/papers/sources/hub-entry.js'
import type { FoundPaper } from '../../../src/papers/paper.js'
import { hubEntry } from '../../support/entries.js'
import { testDatabase } from '../../support/test-database.js'

const day = '2026-07-20'
let db: Db
const keep = (papers: FoundPaper[], day: string, at: Date) =>
  db.transaction('request', (tx) => storePapers(tx, papers, day, at))

type Fields = Parameters<typeof hubEntry>[1]
const found = (id: string, fields: Fields) => readHubEntry(hubEntry(id, fields), day) as FoundPaper

beforeAll(async () => {
  ;({ db } = await testDatabase())
  const papers = [
    found('2607.00001', {
      title: 'Diffusion Transformers for Video',
      abstract: 'We scale diffusion models.',
      organisation: 'Acme',
    }),
    found('2607.00002', {
      title: 'A Survey of Graphs',
      abstract: 'Diffusion on graphs, <b>boldly</b> compared & more.',
      authors: ['Erwin Schrödinger', 'Jane Jones'],
    }),
    found('2607.00003', {
      title: 'State Space Models',
      abstract: 'The space of states of a model.',
      authors: ['Ada Lovelace'],
    }),
    found('2607.00004', { title: 'Models of the State and of Space', abstract: 'A space for states.' }),
    found('2607.00005', {
      title: 'Reinforcement Learning with Verifiable Rewards',
      abstract: 'GRPO and beyond.',
    }),
  ]
  const at = new Date('2026-07-21T06:00:00Z')
  await keep(papers, day, at)
  await keep([found('2607.00006', { title: 'Video Diffusion at Scale', votes: 90 })], '2026-07-21', at)
})

const search = (q: string, more: Partial<SearchFilter> = {}) =>
  searchPapers(db, { q, today: '2026-07-22', limit: 10, ...more })
const ids = async (q: string, more: Partial<SearchFilter> = {}) =>
  (await search(q, more)).papers.map((paper) => paper.id.slice(-1)).join('')

describe('search', () => {
  it.each([
    ['a word of a title before one of an abstract', 'graphs diffusion', '2'],
    ['other forms of a word', 'scaling video', '16'],
    ['a name without its accents', 'schrodinger', '2'],
    ['a name that a stemmer would cut', 'Jones', '2'],
    ['an organisation', 'acme', '1'],
    ['the beginning of the word being typed', 'reinfor', '5'],
    ['a phrase only as it stands', '"state space models"', '3'],
    ['what has one word and not another', 'video -transformers', '6'],
    ['a word among those too common to count', 'the grpo of', '5'],
    ['a mistyped word', 'difusion transfomers', '1'],
    ['a mistyped word whose stem differs', 'reinforcment', '5'],
    ['nothing for nonsense', 'qqqqzzzz', ''],
    ['nothing for what has to be absent alone', '-video', ''],
    ['nothing for nothing', '', ''],
    ['nothing for marks', `'"\\:*&|!()<->`, ''],
  ])('finds %s', async (_what, q, expected) => {
    expect(
      (await ids(q))
        .split('')
        .toSorted((a, b) => (a < b ? -1 : 1))
        .join(''),
    ).toBe(expected)
  })

  it('puts titles before abstracts and, of the alike, votes first', async () => {
    expect(await ids('diffusion')).toMatch(/^[16]{2}2$/)
  })

  it('finds what has the rarest words where nothing has them all, and says so', async () => {
    const near = await search('diffusion transformers zebra')
    expect(near.papers[0]?.id).toBe('2607.00001')
    expect(near).toMatchObject({ relaxed: true, next: null })
    expect((await search('zebra')).papers).toEqual([])
    expect((await search('transformers zebra -diffusion')).papers.map(({ id }) => id)).not.toContain(
      '2607.00001',
    )
    expect((await search('diffusion transformers video')).relaxed).toBe(false)
    expect((await search('diffusion transformers zebra', { order: 'newest' })).papers).toEqual([])
  })

  it('takes a word that nobody wrote whole for the beginning of one', async () => {
    expect(await ids('schröding graphs')).toBe('2')
  })

  it('tells what a mistyped word was taken for', async () => {
    expect((await search('schrodingr')).corrected).toEqual([{ from: 'schrodingr', to: ['schrodinger'] }])
    expect((await search('schrodinger')).corrected).toEqual([])
  })

  it.each(['2607.00003', 'https://arxiv.org/abs/2607.00003v2', 'arXiv:2607.00003'])(
    'goes straight to the paper of %s',
    async (q) => {
      expect(await search(q)).toMatchObject({ direct: '2607.00003', papers: [] })
    },
  )

  it('finds no paper by an id that is not kept', async () => {
    expect(await search('2607.99999')).toMatchObject({ direct: null, papers: [] })
  })

  it('keeps to an organisation and to days', async () => {
    expect(await ids('diffusion', { organisation: 'ACME' })).toBe('1')
    expect(await ids('diffusion', { from: '2026-07-21' })).toBe('6')
    expect(await ids('diffusion', { to: '2026-07-20', from: '2026-07-20' })).not.toContain('6')
  })

  it('marks what it found, and leaves markup as text', async () => {
    const [paper] = (await search('boldly')).papers
    expect(paper?.snippet.filter((piece) => piece.hit)).toEqual([{ text: 'boldly', hit: true }])
    expect(paper?.snippet.map((piece) => piece.text).join('')).toContain('<b>boldly</b> compared & more')
    const [first] = (await search('survey')).papers
    expect(first?.markedTitle).toEqual([
      { text: 'A ', hit: false },
      { text: 'Survey', hit: true },
      { text: ' of Graphs', hit: false },
    ])
  })

  it('pages without overlap until there is no more', async () => {
    const all = (await search('diffusion')).papers.map((paper) => paper.id)
    const paged: string[] = []
    let after: SearchFilter['after']
    for (let page = 0; page < 5; page += 1) {
      const result = await search('diffusion', { limit: 1, after })
      paged.push(...result.papers.map((paper) => paper.id))
      after = result.next ?? undefined
      if (!result.next) break
    }
    expect(paged).toEqual(all)
    expect(all).toHaveLength(3)
  })

  it('follows a paper whose words change, and not one whose votes do', async () => {
    await db.sql(`UPDATE paper SET title = 'Quaternions' WHERE id = '2607.00004'`)
    expect(await ids('quaternions')).toBe('4')
    await db.sql(
      `UPDATE paper SET title = 'Models of the State and of Space', votes = 3 WHERE id = '2607.00004'`,
    )
    expect(await ids('quaternions')).toBe('')
  })

  it('works where no trigrams are to be had', async () => {
    await db.sql('DROP EXTENSION pg_trgm CASCADE')
    expect(await ids('difusion')).toBe('')
    expect(await ids('diffusion')).toHaveLength(3)
    await db.sql(`CREATE EXTENSION pg_trgm`)
  })
})

describe('related papers', () => {
  it('share words, the nearest first, without the paper itself', async () => {
    const related = await relatedPapers(db, '2607.00001', 3)
    expect(related.map((paper) => paper.id)[0]).toBe('2607.00006')
    expect(related.map((paper) => paper.id)).not.toContain('2607.00001')
    expect(await relatedPapers(db, '2607.99999', 3)).toEqual([])
  })
})
