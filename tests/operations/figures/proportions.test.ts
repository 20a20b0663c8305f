import { expect, it } from 'vitest'
import { differenceOf, shareOf } from '../../../src/operations/figures/proportions.js'

it('gives Wilson’s interval of a share and Newcombe’s of a difference, as Newcombe’s paper has them', () => {
  // Newcombe 1998, table II, (a): 56 of 70 against 48 of 80.
  expect(differenceOf(shareOf(56, 70), shareOf(48, 80))).toEqual({
    difference: 0.2,
    from: 0.0524,
    to: 0.3339,
  })
  // Table I of his paper on one proportion: 81 of 263.
  expect(shareOf(81, 263)).toEqual({ share: 0.308, from: 0.2553, to: 0.3662 })
  expect(shareOf(0, 20)).toMatchObject({ share: 0, from: 0, to: 0.1611 })
})
