import { describe, expect, it } from 'vitest'
import { addDays, isDay, isTimezone, lastClosedDay, utcDay } from '../src/clock.js'

describe('isDay', () => {
  it.each([
    ['2024-02-29', true],
    ['2026-02-29', false],
    ['2026-13-01', false],
    ['2026-00-10', false],
    ['2026-1-1', false],
    ['2026-12-31', true],
    ['0000-01-01', false],
    ['1900-01-01', true],
    ['3000-01-01', false],
    ['', false],
    ['2026-12-31T00:00:00Z', false],
  ])('%s is %s', (text, expected) => expect(isDay(text)).toBe(expected))
})

describe('addDays', () => {
  it.each([
    ['2024-02-28', 1, '2024-02-29'],
    ['2024-02-29', 1, '2024-03-01'],
    ['2026-12-31', 1, '2027-01-01'],
    ['2026-01-01', -1, '2025-12-31'],
    ['2026-03-29', 7, '2026-04-05'],
  ])('%s %i gives %s', (day, days, expected) => expect(addDays(day, days)).toBe(expected))
})

describe('lastClosedDay', () => {
  it.each([
    ['2026-05-07T00:00:00Z', '2026-05-06'],
    ['2026-05-06T23:59:59Z', '2026-05-05'],
    ['2026-01-01T00:00:00Z', '2025-12-31'],
  ])('at %s is %s', (at, expected) => expect(lastClosedDay(new Date(at))).toBe(expected))
})

describe('isTimezone', () => {
  it.each([
    ['UTC', true],
    ['Europe/Paris', true],
    ['Mars/Olympus', false],
    ['', false],
  ])('%s is %s', (name, expected) => expect(isTimezone(name)).toBe(expected))
})

it('utcDay takes the day in UTC', () =>
  expect(utcDay(new Date('2026-05-06T23:30:00-02:00'))).toBe('2026-05-07'))
