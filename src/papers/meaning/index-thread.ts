/** The thread that finds the nearest of many vectors, one after another: a hundred thousand take some 20 ms. */
import { parentPort } from 'node:worker_threads'
import type { IndexRequest } from './index-of-vectors.js'

const ids: string[] = []
const numbers = new Map<string, number>()
let width = 0
let matrix = new Int8Array()

function add(entries: readonly { id: string; vector: Int8Array }[]): void {
  for (const { id, vector } of entries) {
    width ||= vector.length
    if (vector.length !== width) continue
    const at = numbers.get(id) ?? ids.push(id) - 1
    numbers.set(id, at)
    if ((at + 1) * width > matrix.length) {
      const larger = new Int8Array(Math.max(1024 * width, matrix.length * 2))
      larger.set(matrix)
      matrix = larger
    }
    matrix.set(vector, at * width)
  }
}

function nearest(vector: Int8Array, count: number): string[] {
  if (vector.length !== width) return []
  const scores = new Int32Array(ids.length)
  for (let row = 0; row < ids.length; row += 1) {
    const from = row * width
    let [a, b, c, d] = [0, 0, 0, 0]
    // Whole numbers, four sums at a time: each would wait for the addition before.
    for (let i = 0; i + 3 < width; i += 4) {
      a = (a + Math.imul(matrix[from + i]!, vector[i]!)) | 0
      b = (b + Math.imul(matrix[from + i + 1]!, vector[i + 1]!)) | 0
      c = (c + Math.imul(matrix[from + i + 2]!, vector[i + 2]!)) | 0
      d = (d + Math.imul(matrix[from + i + 3]!, vector[i + 3]!)) | 0
    }
    scores[row] = a + b + c + d
  }
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
  const vector = known === undefined ? request.vector : matrix.slice(known * width, (known + 1) * width)
  parentPort?.postMessage({ id, found: vector ? nearest(vector, count) : [] })
})
