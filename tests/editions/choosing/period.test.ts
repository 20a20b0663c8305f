/** Days and ISO weeks as periods of editions. */
import { describe, expect, it } from 'vitest'
import { dateline, daysOf, mondayOf, weekOf } from '../../../src/editions/choosing/period.js'

describe('the ISO week', () => {
  it.each([
    ['2026-07-27', '2026-W31', '2026-07-27'],
    ['2026-08-02', '2026-W31', '2026-07-27'],
    ['2026-08-03', '2026-W32', '2026-08-03'],
    ['2026-01-01', '2026-W01', '2025-12-29'],
    ['2025-12-29', '2026-W01', '2025-12-29'],
    ['2027-01-01', '2026-W53', '2026-12-28'],
    ['2027-01-04', '2027-W01', '2027-01-04'],
    ['2024-12-30', '2025-W01', '2024-12-30'],
    ['2024-02-29', '2024-W09', '2024-02-26'],
    ['2021-01-03', '2020-W53', '2020-12-28'],
  ])('of %s is %s, from %s on', (day, week, monday) => {
    expect(weekOf(day)).toBe(week)
    expect(mondayOf(day)).toBe(monday)
    expect(daysOf('weekly', week)).toContain(day)
  })
})

describe('the days of a period', () => {
  it.each([
    ['daily', '2024-02-29', ['2024-02-29']],
    ['daily', '2026-02-29', null],
    ['daily', '2026-W31', null],
    ['weekly', '2026-W53', expect.arrayContaining(['2026-12-28', '2027-01-03'])],
    ['weekly', '2025-W53', null],
    ['weekly', '2026-W00', null],
    ['weekly', '2026-07-27', null],
  ] as const)('%s %s', (kind, period, days) => {
    expect(daysOf(kind, period)).toEqual(days)
  })
})

it('writes the date of the masthead', () => {
  expect(dateline('daily', '2026-05-06')).toBe('Wednesday, 6 May 2026')
  expect(dateline('weekly', '2026-08-02')).toBe('Week 31 · 27 July to 2 August 2026')
  expect(dateline('weekly', '2026-05-06')).toBe('Week 19 · 4 to 10 May 2026')
  expect(dateline('weekly', '2026-01-01')).toBe('Week 1 · 29 December 2025 to 4 January 2026')
})
