/** How well searches find what was meant: recall at 10 over queries written for it, among all papers there are. */
import { readdirSync, readFileSync } from 'node:fs'
import { beforeAll, expect, it } from 'vitest'
import type { Db } from '../../../src/db/client.js'
import { readEntries, readPage } from '../../../src/papers/sources/hub-list.js'
import { searchPapers } from '../../../src/papers/search/search.js'
import { storePapers } from '../../../src/papers/store.js'
import { fillPapers } from '../../support/many-papers.js'
import { recordedFolder } from '../../support/recorded.js'
import { testDatabase } from '../../support/test-database.js'
import { slowFile } from '../../support/slow-file.js'

slowFile()

/** `among`: the papers lie in the folder of recorded inputs alone. */
type Expected = { q: string; ids: string[]; among?: 'recorded' }

const recorded = recordedFolder('searches among all recorded papers')
const queries = (JSON.parse(readFileSync('tests/fixtures/search-queries.json', 'utf8')) as Expected[]).filter(
  ({ among }) => recorded || among !== 'recorded',
)
const folders = [
  'tests/fixtures/daily',
  ...(recorded ? [`${recorded}/daily-older-shapes`, `${recorded}/daily`] : []),
]
let db: Db

beforeAll(async () => {
  ;({ db } = await testDatabase())
  await fillPapers(db, 300)
  for (const folder of folders) {
    for (const name of readdirSync(folder)) {
      const day = name.slice(0, 10)
      const { papers } = readEntries(readPage(readFileSync(`${folder}/${name}`, 'utf8')), day)
      await db.transaction('job', (tx) => storePapers(tx, papers, day, new Date(`${day}T23:00:00Z`)))
    }
  }
})

it('finds at least 95 of 100 expected papers among the first ten', async () => {
  const missed: string[] = []
  let expected = 0
  for (const { q, ids } of queries) {
    const result = await searchPapers(db, { q, today: '2026-08-08', limit: 10 })
    const found = new Set([...result.papers.map((paper) => paper.id), result.direct])
    expected += ids.length
    missed.push(...ids.filter((id) => !found.has(id)).map((id) => `${q} → ${id}`))
  }
  const recall = 1 - missed.length / expected
  expect(expected).toBeGreaterThanOrEqual(90)
  expect(recall, missed.join('\n')).toBeGreaterThanOrEqual(0.95)
})
