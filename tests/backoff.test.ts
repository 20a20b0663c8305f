import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Backoff, waitAfter } from '../src/backoff.js'

const backoff: Backoff = { firstMs: 60_000, longestMs: 7_200_000, factor: 3, spread: [0.8, 1.2] }

describe('the wait after failures', () => {
  it.each([
    [1, 60_000],
    [2, 180_000],
    [3, 540_000],
    [4, 1_620_000],
    [5, 4_860_000],
    [6, 7_200_000],
    [40, 7_200_000],
  ])('after %i', (attempts, expected) => {
    expect(waitAfter(attempts, backoff, 0.5)).toBe(expected)
  })

  it('is spread by a fifth to either side', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), share, (attempts, random) => {
        const middle = waitAfter(attempts, backoff, 0.5)
        const delay = waitAfter(attempts, backoff, random)
        expect(delay).toBeGreaterThanOrEqual(0.8 * middle - 1)
        expect(delay).toBeLessThanOrEqual(1.2 * middle + 1)
      }),
    )
  })
})
