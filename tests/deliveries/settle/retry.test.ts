import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { retryDelay } from '../../../src/deliveries/settle/retry.js'

describe('the wait before a retry', () => {
  it.each([
    [1, 60_000],
    [2, 180_000],
    [3, 540_000],
    [4, 1_620_000],
    [5, 4_860_000],
    [6, 7_200_000],
    [40, 7_200_000],
  ])('after %i tries', (attempts, expected) => {
    expect(retryDelay(attempts, 60_000, 0.5)).toBe(expected)
  })

  it('is spread by a fifth to either side', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), share, (attempts, random) => {
        const middle = retryDelay(attempts, 60_000, 0.5)
        const delay = retryDelay(attempts, 60_000, random)
        expect(delay).toBeGreaterThanOrEqual(0.8 * middle - 1)
        expect(delay).toBeLessThanOrEqual(1.2 * middle + 1)
      }),
    )
  })
})
