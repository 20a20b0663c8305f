/** Searches with more matches than are ranked: going on by cursor meets each of them once. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../src/db/client.js'
import { hitsOf } from '../../../src/papers/search/hits.js'
import type { SearchMark } from '../../../src/papers/search/page.js'
import { breadthOf } from '../../../src/papers/search/pool.js'
import { type SearchFilter, searchPapers } from '../../../src/papers/search/search.js'
import { readTerms } from '../../../src/papers/search/terms.js'
import { toQuery } from '../../../src/papers/search/to-query.js'
import { fillPapers } from '../../support/many-papers.js'
import { testDatabase } from '../../support/test-database.js'

const today = '2026-07-22'
let db: Db

beforeAll(async () => {
  ;({ db } = await testDatabase())
  await fillPapers(db, 2000)
  await db.sql(`UPDATE paper SET published_at = NULL WHERE right(id, 2) = '07'`)
  await db.sql(
    `INSERT INTO paper (id, title, abstract, published_at) VALUES ('1706.03762', 'Attention Alone', 'Attention.', '2017-06-12')`,
  )
}, 120_000)

async function soughtBy(q: string) {
  const { corrected: _, ...words } = await toQuery(db, readTerms(q).terms)
  return { ...words, today }
}

/** All that match, the newest first. */
async function matching(q: string, organisation: string | null = null): Promise<string[]> {
  const rows = await db.sql<{ id: string }>(
    `SELECT id FROM paper WHERE search @@ $1::tsquery AND ($2::text IS NULL OR organisation = $2)
     ORDER BY published_at DESC, id COLLATE "C"`,
    [(await soughtBy(q)).tsquery, organisation],
  )
  return rows.map(({ id }) => id)
}

const sorted = (ids: string[]) => ids.toSorted((a, b) => (a < b ? -1 : 1))

/** Page after page, each at most so many. */
async function allPages(filter: Pick<SearchFilter, 'q' | 'order' | 'organisation'>, limit = 100) {
  const ids: string[] = []
  let after: SearchMark | undefined
  for (let page = 0; page < 100; page += 1) {
    const { papers, next } = await searchPapers(db, { ...filter, today, after, limit })
    expect(papers.length).toBeLessThanOrEqual(limit)
    ids.push(...papers.map(({ id }) => id))
    if (!next) return ids
    after = next
  }
  throw new Error('it goes on for ever')
}

describe('going on', () => {
  it.each([
    ['a common word', 'attention'],
    ['two words', 'attention diffusion'],
    ['a phrase of common words', '"language model"'],
    ['a word without another', 'attention -language'],
    ['a word that is begun', 'diff'],
    ['a rare word', 'kamoten'],
  ])('meets all papers of %s once', async (_what, q) => {
    const expected = await matching(q)
    expect(expected.length).toBeGreaterThan(10)
    expect(sorted(await allPages({ q }))).toEqual(sorted(expected))
  })

  it('meets them one by one, where a page ends with the last of the ranked ones', async () => {
    const few = await allPages({ q: 'kamoten' }, 1)
    expect(few).toEqual(await allPages({ q: 'kamoten' }))
  })

  it('goes by date where the newest are asked for', async () => {
    expect(await allPages({ q: 'attention', order: 'newest' })).toEqual(await matching('attention'))
  })

  it('keeps to the organisation', async () => {
    const ids = await allPages({ q: 'attention', organisation: 'Attention' })
    expect(sorted(ids)).toEqual(sorted(await matching('attention', 'attention')))
  })

  it.each(['attention', '"language model"'])(
    'meets all papers of %s on the way back from the newest too',
    async (q) => {
      const sought = await soughtBy(q)
      const { pool } = await breadthOf(db, sought)
      const ids: string[] = []
      for (let after: SearchMark | undefined, page = 0; page < 100; page += 1) {
        const { hits, next } = await hitsOf(db, sought, { breadth: 'walked', pool, after, limit: 90 })
        ids.push(...hits.map(({ id }) => id))
        if (!next) break
        after = next
      }
      expect(sorted(ids)).toEqual(sorted(await matching(q)))
    },
  )
})

it('puts an old paper that fits well before new ones that hardly do', async () => {
  const { papers } = await searchPapers(db, { q: 'attention', today, limit: 10 })
  expect(papers.map(({ id }) => id)).toContain('1706.03762')
})
