import { describe, expect, it } from 'vitest'
import { addDays } from '../../src/clock.js'
import { instantOf, localTime } from '../../src/clock/zoned.js'

describe('instantOf', () => {
  it.each([
    ['an ordinary winter day', '2026-01-15', 6, 0, 'Europe/Paris', '2026-01-15T05:00:00.000Z'],
    ['an ordinary summer day', '2026-07-15', 6, 0, 'Europe/Paris', '2026-07-15T04:00:00.000Z'],
    [
      'a time that the spring change leaves out',
      '2026-03-29',
      2,
      30,
      'Europe/Paris',
      '2026-03-29T01:00:00.000Z',
    ],
    ['the first of two in autumn', '2026-10-25', 2, 30, 'Europe/Paris', '2026-10-25T00:30:00.000Z'],
    ['after the spring change', '2026-03-29', 6, 0, 'Europe/Paris', '2026-03-29T04:00:00.000Z'],
    ['a gap of the west', '2026-03-08', 2, 30, 'America/New_York', '2026-03-08T07:00:00.000Z'],
    ['the first of two in the west', '2026-11-01', 1, 30, 'America/New_York', '2026-11-01T05:30:00.000Z'],
    ['a gap of half an hour', '2026-10-04', 2, 15, 'Australia/Lord_Howe', '2026-10-03T15:30:00.000Z'],
    ['a zone ahead by 14 hours', '2026-05-06', 0, 0, 'Pacific/Kiritimati', '2026-05-05T10:00:00.000Z'],
    ['a zone with a quarter', '2026-05-06', 6, 0, 'Asia/Kathmandu', '2026-05-06T00:15:00.000Z'],
    ['UTC at the end of the year', '2026-12-31', 23, 59, 'UTC', '2026-12-31T23:59:00.000Z'],
  ])('%s', (_, day, hour, minute, timezone, expected) => {
    expect(instantOf(day, hour, minute, timezone).toISOString()).toBe(expected)
  })

  it('gives one instant for each day of the years round two changes, a day apart or so', () => {
    let before = instantOf('2026-01-01', 2, 30, 'Europe/Paris').getTime()
    for (let day = '2026-01-02'; day < '2028-01-01'; day = addDays(day, 1)) {
      const at = instantOf(day, 2, 30, 'Europe/Paris')
      const hours = (at.getTime() - before) / 3_600_000
      expect(hours, day).toBeGreaterThanOrEqual(22.5)
      expect(hours, day).toBeLessThanOrEqual(25)
      expect(localTime(at, 'Europe/Paris').day).toBe(day)
      before = at.getTime()
    }
  })
})

describe('localTime', () => {
  it('shows midnight as hour 0 and the weekday of the zone', () => {
    expect(localTime(new Date('2026-05-03T22:00:00Z'), 'Europe/Paris')).toEqual({
      day: '2026-05-04',
      hour: 0,
      minute: 0,
      weekday: 1,
    })
  })
})
