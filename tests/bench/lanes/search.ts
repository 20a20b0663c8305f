/** Search over a hundred thousand papers, by two at once: how long a page of results takes. */
import { searchPapers } from '../../../src/papers/search/search.js'
import { fillPapers, searchesLike } from '../../support/many-papers.js'
import type { Context, Lane, Row } from '../lane.js'

export const search: Lane = {
  name: 'search',
  run: async ({ db, quick, tell }) => {
    const papers = quick ? 5_000 : 100_000
    tell(`search over ${papers} papers`)
    await fillPapers(db, papers)
    const searches = searchesLike(quick ? 60 : 600)
    await Promise.all([0, 1].map(() => timeAll(db, searches.slice(0, 30))))
    const times = (
      await Promise.all(
        [0, 1].map((half) =>
          timeAll(
            db,
            searches.filter((_, i) => i % 2 === half),
          ),
        ),
      )
    ).flat()
    times.sort((a, b) => a - b)
    const at = (share: number) => times[Math.floor(share * (times.length - 1))] ?? Number.NaN
    await db.sql('TRUNCATE paper, search_word CASCADE')
    const lane = `search over ${papers.toLocaleString('en')} papers`
    const rows: Row[] = [
      { lane: `${lane}, median`, value: at(0.5), unit: 'ms' },
      { lane: `${lane}, 95th percentile`, value: at(0.95), unit: 'ms', target: '<= 50' },
      { lane: `${lane}, slowest`, value: at(1), unit: 'ms' },
    ]
    return rows
  },
}

async function timeAll(db: Context['db'], searches: readonly string[]): Promise<number[]> {
  const times: number[] = []
  for (const q of searches) {
    const began = performance.now()
    await searchPapers(db, { q, today: '2026-07-22', limit: 20 })
    times.push(performance.now() - began)
  }
  return times
}
