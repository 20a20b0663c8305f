/** What papers mean, where the operator gives a model: computed as they come, and found by a question or a paper. */
import type { Queries } from '../../db/client.js'
import { type VectorIndex, openIndex } from './index-of-vectors.js'
import { papersWithout, vectorsSince, writeVectors } from './kept-vectors.js'
import { type Model, openModel } from './model.js'

export type Meaning = {
  /** The ids of the papers nearest to a question. */
  ofQuestion(db: Queries, question: string, count: number): Promise<string[]>
  /** The ids of the papers nearest to one, without itself. */
  ofPaper(db: Queries, paperId: string, count: number): Promise<string[]>
  /** Computes what is missing, some at a time. @returns for how many papers. */
  compute(db: Queries): Promise<number>
  close(): Promise<void>
}

/** Texts at a time: a model takes some 30 ms for each. */
const together = 16
const readTogether = 5_000
/** Beyond this a question says no more. */
const longestQuestion = 1_000

/** Threads are started when they are first needed. */
export function openMeaning(name: string, library?: string): Meaning {
  let model: Model | undefined
  let index: VectorIndex | undefined
  let last = 0
  let reading: Promise<void> | undefined
  const run = () => (model ??= openModel(name, library))

  async function readNew(db: Queries): Promise<VectorIndex> {
    index ??= openIndex()
    reading ??= readAll(db, index).finally(() => (reading = undefined))
    await reading
    return index
  }
  async function readAll(db: Queries, into: VectorIndex): Promise<void> {
    for (;;) {
      const rows = await vectorsSince(db, name, last, readTogether)
      into.add(rows.map(({ id, vector }) => ({ id, vector: new Int8Array(vector) })))
      last = rows.at(-1)?.seq ?? last
      if (rows.length < readTogether) return
    }
  }
  return {
    async ofQuestion(db, question, count) {
      const [[vector], known] = await Promise.all([
        run().embed([question.slice(0, longestQuestion)]),
        readNew(db),
      ])
      return vector ? known.nearest({ vector }, count) : []
    },
    async ofPaper(db, paperId, count) {
      const found = await (await readNew(db)).nearest({ paper: paperId }, count + 1)
      return found.filter((id) => id !== paperId).slice(0, count)
    },
    async compute(db) {
      const papers = await papersWithout(db, name, together)
      if (papers.length === 0) return 0
      const vectors = await run().embed(papers.map(({ title, abstract }) => `${title}. ${abstract}`))
      await writeVectors(
        db,
        name,
        papers.map(({ id }) => id),
        vectors,
      )
      return papers.length
    },
    async close() {
      await Promise.all([model?.close(), index?.close()])
    },
  }
}

/** Reciprocal rank: what stands high in either list comes first (Cormack, Clarke and Büttcher 2009, with k = 60). */
export function fused(lists: readonly (readonly string[])[], count: number): string[] {
  const scores = new Map<string, number>()
  for (const list of lists) {
    for (const [rank, id] of list.entries()) scores.set(id, (scores.get(id) ?? 0) + 1 / (61 + rank))
  }
  return [...scores]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, count)
    .map(([id]) => id)
}
