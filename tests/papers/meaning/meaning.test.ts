import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildServer } from '../../../src/http/server.js'
import { meaning as meaningJob } from '../../../src/jobs/meaning.js'
import { searchBacktest } from '../../../src/papers/backtest/search/backtest.js'
import { trialMeaning } from '../../../src/papers/backtest/search/by-meaning.js'
import { VectorIndex } from '../../../src/papers/meaning/index-of-vectors.js'
import { fused, Meaning } from '../../../src/papers/meaning/meaning.js'
import { Model } from '../../../src/papers/meaning/model.js'
import { foundPaper, keepPapers } from '../../support/kept-papers.js'
import { stoppedClock, testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

/** Stands in for the library: words of one meaning lie in one direction. */
const standIn = `
const meanings = [['car', 'automobile', 'vehicle'], ['ocean', 'sea', 'marine'], ['doctor', 'physician', 'clinical']]
const wide = 384
function vectorOf(text) {
  const vector = new Array(wide).fill(0)
  for (const word of text.toLowerCase().match(/[a-z]+/g) ?? []) {
    const known = meanings.findIndex((words) => words.includes(word.replace(/s$/, '')))
    if (known >= 0) vector[known] += 5
    else vector[3 + [...word].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % (wide - 3), 7)] += 0.5
  }
  const length = Math.hypot(...vector) || 1
  return vector.map((value) => value / length)
}
export const env = {}
export async function pipeline(task, model) {
  if (model === 'broken') throw new Error('no such model')
  return async (texts) => ({ tolist: () => texts.map(vectorOf) })
}
`

let folder: string
let library: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meaning-'))
  await writeFile(join(folder, 'library.mjs'), standIn)
  library = pathToFileURL(join(folder, 'library.mjs')).href
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the meaning of papers', () => {
  it('is computed as they come, kept as bytes, and finds what no word does', async () => {
    const { db } = await testDatabase()
    const clock = stoppedClock('2026-08-05T08:00:00Z')
    const meaning = new Meaning('tiny', library)
    const services = await testServices(db, { MEANING_MODEL: 'tiny' }, { clock, meaning })
    await keepPapers(db, '2026-08-04', [
      foundPaper({
        id: '2608.00001',
        title: 'Steering automobiles at night',
        abstract: 'On lanes and lamps.',
      }),
      foundPaper({ id: '2608.00002', title: 'Currents of the sea', abstract: 'On tides and salt.' }),
      foundPaper({
        id: '2608.00003',
        title: 'Physicians and their notes',
        abstract: 'On wards and letters.',
      }),
      foundPaper({ id: '2608.00004', title: 'Vehicles that talk', abstract: 'On signals and crossings.' }),
    ])
    await meaningJob({
      ...services,
      source: { name: 'none', day: async () => ({ papers: [], skipped: [] }) },
    })
    const kept = await db.sql<{ bytes: number }>('SELECT length(vector) AS bytes FROM paper_vector')
    expect(kept).toEqual([{ bytes: 384 }, { bytes: 384 }, { bytes: 384 }, { bytes: 384 }])
    expect(await meaning.compute(db)).toBe(0)
    expect(await meaning.ofPaper(db, '2608.00001', 1)).toEqual(['2608.00004'])
    expect(await meaning.ofPaper(db, '2608.99999', 1)).toEqual([])

    const app = await buildServer(services)
    const asked = 'marine voyages unheard'
    const found = (await app.inject(`/api/v1/papers?${new URLSearchParams({ q: asked }).toString()}`)).json()
    expect(found.items[0].id).toBe('2608.00002')
    const words = 'these have the rarest of them'
    const search = (await app.inject(`/papers?${new URLSearchParams({ q: asked }).toString()}`)).body
    expect(search).toContain(`${words}, or mean much the same.`)
    const within = new URLSearchParams({ q: 'voyages of oceans unheard', from: '2026-01-01' }).toString()
    expect((await app.inject(`/papers?${within}`)).body).not.toContain('mean much the same')
    const page = await app.inject('/papers/2608.00001')
    const related = page.body.slice(page.body.indexOf('Related papers'))
    expect(related.indexOf('2608.00004')).toBeLessThan(related.indexOf('2608.00002'))
    await keepPapers(db, '2026-08-04', [
      foundPaper({ id: '2608.00005', title: 'Oceans again', abstract: 'More tides.' }),
    ])
    expect(await meaning.compute(db)).toBe(1)
    expect(await meaning.ofPaper(db, '2608.00002', 1)).toEqual(['2608.00005'])
    await app.close()
    await services.close()
    await meaning.close()
  })

  it('is tried beside words and together with them on questions whose answers are known', async () => {
    const { db } = await testDatabase()
    const papers = new Map(
      ['Steering automobiles at night', 'Currents of the sea', 'Physicians and their notes'].map(
        (title, i) => [`p${i}`, { id: `p${i}`, title, abstract: `On ${title}.` }],
      ),
    )
    const questions = {
      meant: [{ text: 'vehicles after dusk', id: 'p0' }],
      graded: [
        {
          text: 'marine flows',
          candidates: [...papers.keys()].map((id) => ({ id, grade: id === 'p1' ? 2 : 0 })),
        },
      ],
    }
    const model = new Model('tiny', library)
    const meaning = await trialMeaning(model, papers, questions, () => {})
    await model.close()
    const quiet = { indexed: () => {}, asked: () => {} }
    const report = await db.transaction('bulk', (tx) => searchBacktest(tx, papers, questions, quiet, meaning))
    expect(report.methods).toEqual([
      { name: 'words', ndcg: expect.any(Number), recall10: 0, mrr10: 0 },
      { name: 'vectors', ndcg: 1, recall10: 1, mrr10: 1 },
      { name: 'both', ndcg: expect.any(Number), recall10: 1, mrr10: 1 },
    ])
  })

  it('says what is missing, and leaves search by words where the model fails', async () => {
    const missing = new Model('tiny')
    await expect(missing.embed(['x'])).rejects.toThrow(/npm install @huggingface\/transformers|cannot be run/)
    await missing.close()
    const broken = new Model('broken', library)
    await expect(broken.embed(['x'])).rejects.toThrow('the model broken cannot be run: ')
    await broken.close()
    const { db } = await testDatabase()
    const meaning = new Meaning('broken', library)
    const services = await testServices(db, {}, { clock: stoppedClock('2026-08-05T08:00:00Z'), meaning })
    await keepPapers(db, '2026-08-04', [
      foundPaper({ id: '2608.00001', title: 'Steering automobiles at night' }),
    ])
    const app = await buildServer(services)
    const found = await app.inject('/api/v1/papers?q=steering%20nothing%20at%20all')
    expect(found.json().items).toHaveLength(1)
    await app.close()
    await meaning.close()
  })

  it('is searched among a hundred thousand within the time of a page', async () => {
    const index = new VectorIndex()
    const random = () => Int8Array.from({ length: 384 }, () => Math.random() * 254 - 127)
    const wanted = random()
    for (let from = 0; from < 100_000; from += 10_000) {
      index.add(
        Array.from({ length: 10_000 }, (_, i) => ({
          id: `p${from + i}`,
          vector: from + i === 77_777 ? wanted : random(),
        })),
      )
    }
    await index.nearest({ vector: wanted }, 10)
    const times: number[] = []
    for (let i = 0; i < 10; i += 1) {
      const began = performance.now()
      expect((await index.nearest({ vector: wanted }, 10))[0]).toBe('p77777')
      times.push(performance.now() - began)
    }
    console.info(`100,000 vectors: ${Math.min(...times).toFixed(1)} ms`)
    expect(Math.min(...times)).toBeLessThan(60)
    await index.close()
  })
})

it('fuses lists by the reciprocal of the ranks', () => {
  expect(
    fused(
      [
        ['a', 'b', 'c'],
        ['c', 'a', 'd'],
      ],
      3,
    ),
  ).toEqual(['a', 'c', 'b'])
})
