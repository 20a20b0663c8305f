import { expect, it } from 'vitest'
import { sameDistribution } from './rank-test.js'

it.each([
  // Values as R's wilcox.test(exact = FALSE) gives them.
  ['the same', [1, 2, 3, 4, 5], [1, 2, 3, 4, 5], 1],
  ['far apart', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [11, 12, 13, 14, 15, 16, 17, 18, 19, 20], 0.0001827],
  ['nearly alike', [1.1, 2.2, 3.3, 4.4], [1, 2, 3, 4], 0.665],
])('finds two samples that are %s', (_, a, b, p) => {
  expect(sameDistribution(a, b)).toBeCloseTo(p, 4)
})
