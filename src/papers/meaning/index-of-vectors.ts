/** Finds the papers whose vectors are nearest, in a thread that holds them all. */
import { AskThread } from './ask-thread.js'

export type IndexRequest =
  | { add: { id: string; vector: Int8Array }[] }
  | { id: number; count: number; vector?: Int8Array; paper?: string }

type Asked = { count: number; vector?: Int8Array; paper?: string }

export class VectorIndex {
  readonly #thread = new AskThread<Asked, { found: string[] }>('index-thread', {})

  add(entries: { id: string; vector: Int8Array }[]): void {
    this.#thread.tell({ add: entries })
  }

  /** The ids of the nearest, the nearest first. */
  async nearest(to: { vector: Int8Array } | { paper: string }, count: number): Promise<string[]> {
    return (await this.#thread.ask({ ...to, count })).found
  }

  close(): Promise<void> {
    return this.#thread.close()
  }
}
