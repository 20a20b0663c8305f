import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { searchBacktest } from '../../../src/papers/backtest/search/backtest.js'
import { readQuestions } from '../../../src/papers/backtest/search/read-queries.js'
import { readTexts } from '../../../src/papers/backtest/read-texts.js'
import { testDatabase } from '../../support/test-database.js'

/** What a researcher types who remembers the idea and not the name. */
const questions = [
  ['several agents that grade how well a teaching video teaches its viewers', '2607.18529'],
  ['stored fact is needed although it does not resemble the query', '2607.24368'],
  ['which photo matters among many distractors, by one learnt embedding', '2607.28627'],
  ['finding land mines in pictures taken by a drone', '2607.28996'],
  ['robot that wipes sticky stains off a table with a sponge', '2608.00730'],
  ['findings scattered over chemistry publications, with their source', '2607.28618'],
  ['less memory for optimizer states of mixture of experts models', '2607.19058'],
  ['can language models predict the result of a football match', '2607.18084'],
  ['hide who is on a photo without training a network', '2503.08478'],
  ['a judge that turns a 3D mesh back into a CAD program step by step', '2608.00799'],
]

const { db } = await testDatabase()

describe('the backtest of the search', () => {
  let folder: string
  const file = (name: string) => join(folder, name)
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'search-backtest-'))
    const papers: { id: string; title: string; abstract: string }[] = JSON.parse(
      await readFile('tests/fixtures/marked-abstracts.json', 'utf8'),
    )
    const lines = papers.map(({ id, title, abstract }) => JSON.stringify({ id, title, abstract }))
    await writeFile(file('papers.jsonl'), lines.join('\n'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  async function run(lines: unknown[]) {
    await writeFile(file('queries.jsonl'), lines.map((line) => JSON.stringify(line)).join('\n'))
    const texts = await readTexts(file('papers.jsonl'))
    const read = await readQuestions(file('queries.jsonl'), (id) => texts.has(id))
    const silent = { indexed: () => {}, asked: () => {} }
    return db.transaction('bulk', (tx) => searchBacktest(tx, texts, read, silent))
  }

  it('finds what questions mean of which no paper has all words, and keeps nothing', async () => {
    const report = await run(questions.map(([text, id]) => ({ text, id })))
    expect(report).toMatchObject({ papers: 192, queries: questions.length })
    const [words] = report.methods
    expect(words?.recall10).toBeGreaterThanOrEqual(0.9)
    expect(words?.mrr10).toBeGreaterThanOrEqual(0.6)
    expect(await db.tables.selectFrom('paper').select('id').execute()).toEqual([])
  })

  it('orders graded candidates by what they share with a paper or a text', async () => {
    const texts = await readTexts(file('papers.jsonl'))
    const ids = [...texts.keys()]
    const near = ids.filter((id) => /video/i.test(texts.get(id)!.title)).slice(0, 8)
    const far = ids.filter((id) => !/video/i.test(texts.get(id)!.abstract)).slice(0, 32)
    const candidates = [
      ...near.slice(1).map((id) => ({ id, grade: 2 })),
      ...far.map((id) => ({ id, grade: 0 })),
    ]
    const report = await run([
      { paper: near[0], candidates },
      { text: 'video generation', candidates },
    ])
    expect(report.methods[0]?.ndcg).toBeGreaterThan(0.6)
    expect(report.methods[0]?.recall10).toBeNull()
  })

  it.each([
    [{ text: 'a' }, 'neither candidates nor'],
    [{ id: '1' }, 'neither a text nor a paper'],
    [{ text: 'a', id: 'unknown' }, 'not known'],
  ])('names the question that it cannot use: %o', async (line, said) => {
    await expect(run([line])).rejects.toThrow(said)
  })
})
