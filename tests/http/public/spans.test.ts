import { expect, it } from 'vitest'
import { placeOf, spansOf } from '../../../src/http/public/pages/spans.js'

it.each([
  [1, 10, '1st of 10'],
  [2, 10, '2nd of 10'],
  [3, 3, '3rd of 3'],
  [4, 10, '4th of 10'],
  [11, 20, '11th of 20'],
  [12, 20, '12th of 20'],
  [13, 20, '13th of 20'],
  [21, 30, '21st of 30'],
])('%d among %d is the %s', (rank, among, words) => expect(placeOf(rank, among)).toBe(words))

it('leads from a day at the turn of the year to its ISO week', () => {
  expect(spansOf('2027-01-01', 'day').map(({ path }) => path)).toEqual([
    '/papers/2027-01-01',
    '/papers/week/2026-W53',
    '/papers/month/2027-01',
  ])
})
