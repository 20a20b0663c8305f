/** The thread that finds the nearest of many vectors, one after another. */
import { parentPort } from 'node:worker_threads'
import { ByteRows } from './byte-rows.js'
import type { IndexRequest } from './index-of-vectors.js'

const ids: string[] = []
const numbers = new Map<string, number>()
let width = 0
let rows: ByteRows | undefined

function add(entries: readonly { id: string; vector: Int8Array }[]): void {
  for (const { id, vector } of entries) {
    width ||= vector.length
    if (vector.length !== width) continue
    rows ??= new ByteRows(width)
    const at = numbers.get(id) ?? ids.push(id) - 1
    numbers.set(id, at)
    rows.set(at, vector)
  }
}

function nearest(vector: Int8Array, count: number): string[] {
  if (!rows || vector.length !== width) return []
  const scores = rows.productsWith(vector, ids.length)
  const best: number[] = []
  for (let row = 0; row < scores.length; row += 1) {
    if (best.length === count && scores[row]! <= scores[best.at(-1)!]!) continue
    let at = best.length
    while (at > 0 && scores[best[at - 1]!]! < scores[row]!) at -= 1
    best.splice(at, 0, row)
    if (best.length > count) best.pop()
  }
  return best.map((row) => ids[row]!)
}

parentPort?.on('message', (request: IndexRequest) => {
  if ('add' in request) return add(request.add)
  const { id, count } = request
  const known = request.paper === undefined ? undefined : numbers.get(request.paper)
  const vector = known === undefined ? request.vector : rows?.get(known)
  parentPort?.postMessage({ id, found: vector ? nearest(vector, count) : [] })
})
