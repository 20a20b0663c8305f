import { expect, it } from 'vitest'
import { ByteRows } from '../../../src/papers/meaning/byte-rows.js'

it.each([1, 15, 16, 383, 384, 1024])('multiplies vectors of %i bytes as plain arithmetic does', (width) => {
  const rows = new ByteRows(width)
  const vectors = Array.from({ length: 300 }, (_, row) =>
    Int8Array.from({ length: width }, (_, i) => ((row * 7919 + i * 104_729 + row * i) % 256) - 128),
  )
  const least = new Int8Array(width).fill(-128)
  vectors.push(least)
  for (const [row, vector] of vectors.entries()) rows.set(row, vector)
  for (const vector of [least, vectors[3]!, vectors[299]!]) {
    const products = vectors.map((one) => one.reduce((sum, value, i) => sum + value * vector[i]!, 0))
    expect([...rows.productsWith(vector, vectors.length)]).toEqual(products)
  }
  // One that comes later stands where products stood.
  rows.set(vectors.length, vectors[7]!)
  expect(rows.productsWith(vectors[3]!, vectors.length + 1).at(-1)).toBe(
    rows.productsWith(vectors[3]!, vectors.length)[7],
  )
  rows.set(3, least)
  expect(rows.get(3)).toEqual(least)
  expect(rows.get(4)).toEqual(vectors[4])
})
