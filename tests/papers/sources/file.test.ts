import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../src/db/client.js'
import { silentLog } from '../../../src/log.js'
import { fileSource } from '../../../src/papers/sources/file.js'
import { ingestDay } from '../../../src/papers/ingest.js'
import { papersOfDay } from '../../../src/papers/reads.js'
import { testDatabase } from '../../support/test-database.js'

const day = '2026-07-20'
let db: Db
let folder: string

beforeAll(async () => {
  ;({ db } = await testDatabase())
  folder = await mkdtemp(join(tmpdir(), 'daily-papers-file-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function listOf(text: string) {
  const path = join(folder, 'papers.json')
  await writeFile(path, text)
  return fileSource(path).day(day)
}

describe('a file of papers', () => {
  it('may be the listing page: each paper stands as it does there', async () => {
    const services = { db, log: silentLog, clock: { now: () => new Date('2026-07-21T06:00:00Z') } }
    const path = 'tests/fixtures/listing-page.json'
    const report = await ingestDay(services, fileSource(path), day)
    expect(report).toMatchObject({ source: 'file', outcome: 'ok', papers: 20, added: 20, skipped: 0 })
    expect(await ingestDay(services, fileSource(path), day)).toMatchObject({ papers: 20, added: 0 })
    const entries = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>[]
    const kept = await papersOfDay(db, day)
    expect(
      kept.map((paper) => ({
        title: paper.title,
        abstract: paper.abstract,
        authors: paper.authorCount,
        published: paper.publishedAt?.toISOString().slice(0, 10),
        comments: paper.comments,
      })),
    ).toEqual(entries)
  })

  it.each([
    ['a list of flat entries', '[{"id":"2607.00001","title":"A","authors":["Ada",{"name":"Bo"}],"votes":3}]'],
    [
      'an object with a list',
      '{"papers":[{"url":"https://arxiv.org/abs/2607.00001v2","title":"A","authors":["Ada","Bo"],"upvotes":3}]}',
    ],
    ['a single entry', '{"id":"2607.00001","title":"A","authors":["Ada","Bo"],"votes":3}'],
    [
      "the Hub's own shape",
      '[{"paper":{"id":"2607.00001","title":"A","upvotes":3,"authors":[{"name":"Ada"},{"name":"Bo"}]}}]',
    ],
    [
      'a line for each',
      '{"id":"2607.00001","title":"A","authors":["Ada","Bo"],"votes":3}\n\n{"id":"2607.00002","title":"B"}\n',
    ],
  ])('may be %s', async (_what, text) => {
    const list = await listOf(text)
    expect(list.skipped).toEqual([])
    expect(list.papers[0]).toMatchObject({
      id: '2607.00001',
      title: 'A',
      authors: ['Ada', 'Bo'],
      authorCount: 2,
      votes: 3,
    })
  })

  it('loses only the entries that are wrong, and names them', async () => {
    const list = await listOf(
      '{"id":"2607.00001","title":"A"}\n{"id":"26\n[1]\n{"title":""}\n{"id":"x y","title":"B"}\n',
    )
    expect(list.papers).toHaveLength(1)
    expect(list.skipped).toEqual([
      'entry 2: no object',
      'entry 3: no object',
      'entry 4: no title',
      'entry 5: no arXiv id in x y',
    ])
  })

  it.each([
    ['<html></html>', 'a web page'],
    ['{"error":"no"}', 'no list of papers'],
    ['[1,2]', 'none of 2 entries is a paper: entry 1: no object'],
    ['not json', 'broken JSON'],
    ['', 'broken JSON'],
    ['['.repeat(100_000), 'nested deeper'],
  ])('that holds %s is refused', async (text, said) => {
    await expect(listOf(text)).rejects.toThrow(said)
  })

  it('that is not there is refused', async () => {
    await expect(fileSource(join(folder, 'nowhere.json')).day(day)).rejects.toThrow('cannot be read')
  })
})
