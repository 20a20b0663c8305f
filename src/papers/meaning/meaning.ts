/** What papers mean, where the operator gives a model: computed as they come, and found by a question or a paper. */
import type { Queries } from '../../db/client.js'
import { VectorIndex } from './index-of-vectors.js'
import { papersWithout, vectorsSince, writeVectors } from './kept-vectors.js'
import { Model } from './model.js'

/** Texts at a time: a model takes some 30 ms for each. */
const together = 16
const readTogether = 5_000
/** Beyond this a question says no more. */
const longestQuestion = 1_000

/** Threads are started when they are first needed. */
export class Meaning {
  readonly #name: string
  readonly #library: string | undefined
  #model: Model | undefined
  #index: VectorIndex | undefined
  #last = 0
  #reading: Promise<void> | undefined

  /** @param name - of the model. @param library - what stands in for the library in tests. */
  constructor(name: string, library?: string) {
    this.#name = name
    this.#library = library
  }

  /** The ids of the papers nearest to a question. */
  async ofQuestion(db: Queries, question: string, count: number): Promise<string[]> {
    const [[vector], known] = await Promise.all([
      this.#run().embed([question.slice(0, longestQuestion)]),
      this.#readNew(db),
    ])
    return vector ? known.nearest({ vector }, count) : []
  }

  /** The ids of the papers nearest to one, without itself. */
  async ofPaper(db: Queries, paperId: string, count: number): Promise<string[]> {
    const found = await (await this.#readNew(db)).nearest({ paper: paperId }, count + 1)
    return found.filter((id) => id !== paperId).slice(0, count)
  }

  /** Computes what is missing, some at a time. @returns for how many papers. */
  async compute(db: Queries): Promise<number> {
    const papers = await papersWithout(db, this.#name, together)
    if (papers.length === 0) return 0
    const vectors = await this.#run().embed(papers.map(({ title, abstract }) => `${title}. ${abstract}`))
    await writeVectors(
      db,
      this.#name,
      papers.map(({ id }) => id),
      vectors,
    )
    return papers.length
  }

  async close(): Promise<void> {
    await Promise.all([this.#model?.close(), this.#index?.close()])
  }

  #run(): Model {
    return (this.#model ??= new Model(this.#name, this.#library))
  }

  async #readNew(db: Queries): Promise<VectorIndex> {
    this.#index ??= new VectorIndex()
    this.#reading ??= this.#readAll(db, this.#index).finally(() => (this.#reading = undefined))
    await this.#reading
    return this.#index
  }

  async #readAll(db: Queries, into: VectorIndex): Promise<void> {
    for (;;) {
      const rows = await vectorsSince(db, this.#name, this.#last, readTogether)
      into.add(rows.map(({ id, vector }) => ({ id, vector: new Int8Array(vector) })))
      this.#last = rows.at(-1)?.seq ?? this.#last
      if (rows.length < readTogether) return
    }
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
