/** Finds the papers whose vectors are nearest, in a thread that holds them all. */
import { openThread } from './ask-thread.js'

export type IndexRequest =
  | { add: { id: string; vector: Int8Array }[] }
  | { id: number; count: number; vector?: Int8Array; paper?: string }

export type VectorIndex = {
  add(entries: { id: string; vector: Int8Array }[]): void
  /** The ids of the nearest, the nearest first. */
  nearest(to: { vector: Int8Array } | { paper: string }, count: number): Promise<string[]>
  close(): Promise<void>
}

export function openIndex(): VectorIndex {
  const thread = openThread<{ count: number; vector?: Int8Array; paper?: string }, { found: string[] }>(
    'index-thread',
    {},
  )
  return {
    add: (entries) => thread.tell({ add: entries }),
    nearest: async (to, count) => (await thread.ask({ ...to, count })).found,
    close: () => thread.close(),
  }
}
