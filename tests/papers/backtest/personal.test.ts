import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chance } from '../../../src/papers/backtest/chance.js'
import { personalBacktest, type PersonalReport } from '../../../src/papers/backtest/personal/backtest.js'
import { meanOf, measureOne } from '../../../src/papers/backtest/personal/measure.js'
import { readReaders } from '../../../src/papers/backtest/personal/read-readers.js'
import { readTexts } from '../../../src/papers/backtest/read-texts.js'
import { vectorsOf } from '../../../src/papers/personal/vectors.js'
import { slowFile } from '../../support/slow-file.js'

slowFile()

type Paper = { id: string; title: string; abstract: string }

const topics = [
  /video/i,
  /reinforcement|reward/i,
  /robot|embodied/i,
  /diffusion/i,
  /code|software/i,
  /memory/i,
]

/** Readers who follow one or two topics, like a third of what is on them, and now and then something else. */
function madeUpReaders(papers: Paper[], count: number): string[] {
  const random = chance(20261126)
  return Array.from({ length: count }, (_, reader) => {
    const followed = [topics[reader % topics.length]!, topics[Math.floor(random() * topics.length)]!]
    const seen = papers.flatMap((paper) => {
      const on = followed.some((topic) => topic.test(`${paper.title} ${paper.abstract}`))
      return random() < (on ? 0.3 : 0.01) ? [{ id: paper.id, liked: true }] : []
    })
    return JSON.stringify({ reader: `reader ${reader}`, seen })
  })
}

describe('the backtest of the ranking for one reader', () => {
  let folder: string
  let papers: Paper[]
  const file = (name: string) => join(folder, name)
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'backtest-'))
    papers = JSON.parse(await readFile('tests/fixtures/marked-abstracts.json', 'utf8'))
    const lines = papers.map(({ id, title, abstract }) => JSON.stringify({ id, title, abstract }))
    await writeFile(file('papers.jsonl'), lines.join('\n'))
    await writeFile(file('readers.jsonl'), madeUpReaders(papers, 60).join('\n'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  async function run(): Promise<PersonalReport> {
    const texts = await readTexts(file('papers.jsonl'))
    const readers = await readReaders(file('readers.jsonl'), (id) => texts.has(id))
    return personalBacktest(vectorsOf([...texts.values()]), readers)
  }

  it('finds what readers like better than the mean of what they liked, and twice the same', async () => {
    const report = await run()
    const of = (name: string) => report.methods.find((method) => method.name === name)!
    expect(report.methods.map(({ name }) => name)).toEqual([
      'popularity',
      'mean of the liked',
      'nearest',
      'shipped',
    ])
    expect(of('shipped').ndcg10).toBeGreaterThan(of('mean of the liked').ndcg10)
    expect(of('shipped').auc).toBeGreaterThan(0.7)
    expect(await run()).toEqual(report)
  })

  it('holds out the latest fifth where times are known, and learns nothing from after it', async () => {
    const seen = papers.slice(0, 10).map(({ id }, i) => ({ id, liked: true, at: `2026-07-${10 + i}` }))
    const passed = [
      { id: papers[20]!.id, liked: false, at: '2026-07-11' },
      { id: papers[21]!.id, liked: false, at: '2026-07-19' },
    ]
    await writeFile(
      file('timed.jsonl'),
      JSON.stringify({ reader: 7, seen: [...seen.toReversed(), ...passed] }),
    )
    const [reader] = await readReaders(file('timed.jsonl'), () => true)
    expect(reader?.heldOut).toEqual([papers[8]!.id, papers[9]!.id])
    expect(reader?.disliked.map(({ id }) => id)).toEqual([papers[20]!.id])
  })

  it.each([
    ['{"reader": "a"}', 'Line 1'],
    ['{"reader": "a", "seen": []}\nnot json', 'Line 2'],
    [`{"reader": "a", "seen": [{"id": "x", "liked": "yes"}]}`, 'Line 1'],
  ])('names the line that it cannot read: %s', async (text, named) => {
    await writeFile(file('bad.jsonl'), text)
    await expect(readReaders(file('bad.jsonl'), () => true)).rejects.toThrow(named)
  })
})

describe('the measures', () => {
  it('give a first place 1, a tie the middle, and the last of many nothing', () => {
    expect(measureOne(2, [1, 0])).toEqual({ ndcg10: 1, mrr: 1, auc: 1 })
    expect(measureOne(1, [1, 1]).auc).toBe(0.5)
    expect(measureOne(0, Array(20).fill(1))).toEqual({ ndcg10: 0, mrr: 1 / 21, auc: 0 })
    expect(meanOf([])).toEqual({ ndcg10: 0, mrr: 0, auc: 0 })
  })
})
