import { describe, expect, it } from 'vitest'
import { slotOf } from '../../../src/deliveries/ledger/slots.js'

const sendAt = new Date('2026-05-06T06:00:00Z') // a Wednesday

describe('when a copy is due', () => {
  it.each([
    ['no hour of their own', null, null, 'daily', '2026-05-06T06:00:00Z', '2026-05-06'],
    ['their hour is still to come there', 'Europe/Paris', 9, 'daily', '2026-05-06T07:00:00Z', '2026-05-06'],
    ['their hour is now', 'Europe/Paris', 8, 'daily', '2026-05-06T06:00:00Z', '2026-05-06'],
    ['their hour is past there', 'Asia/Tokyo', 7, 'daily', '2026-05-06T22:00:00Z', '2026-05-07'],
    ['their day is still yesterday', 'Pacific/Honolulu', 23, 'daily', '2026-05-06T09:00:00Z', '2026-05-05'],
    ['a zone that nobody knows', 'Mars/Base', 7, 'daily', '2026-05-06T07:00:00Z', '2026-05-06'],
    ['weekdays on a Wednesday', 'UTC', null, 'weekdays', '2026-05-06T06:00:00Z', '2026-05-06'],
  ])('%s', (_, timezone, hour, frequency, dueAt, localDay) => {
    const slot = slotOf(sendAt, { timezone, hour, frequency }, 'UTC')
    expect(slot).toEqual({ dueAt: new Date(dueAt), localDay })
  })

  it.each([
    ['Saturday there waits for Monday', 'UTC', null, '2026-05-09T06:00:00Z', '2026-05-11T06:00:00Z'],
    ['Sunday there waits for Monday', 'UTC', 7, '2026-05-10T06:00:00Z', '2026-05-11T07:00:00Z'],
    [
      'Friday evening there goes at once',
      'America/Los_Angeles',
      null,
      '2026-05-09T06:00:00Z',
      '2026-05-09T06:00:00Z',
    ],
    [
      'over the change of the clock it is the same hour',
      'Europe/Berlin',
      6,
      '2026-03-28T04:00:00Z',
      '2026-03-30T04:00:00Z',
    ],
    ['an hour that spring leaves out', 'Europe/Berlin', 2, '2026-03-29T00:30:00Z', '2026-03-30T00:00:00Z'],
  ])('weekdays: %s', (_, timezone, hour, from, dueAt) => {
    expect(slotOf(new Date(from), { timezone, hour, frequency: 'weekdays' }, 'UTC').dueAt).toEqual(
      new Date(dueAt),
    )
  })

  it('takes the first minute after the gap for an hour that spring leaves out', () => {
    const slot = slotOf(
      new Date('2026-03-28T20:00:00Z'),
      { timezone: 'Europe/Berlin', hour: 2, frequency: 'daily' },
      'UTC',
    )
    expect(slot.dueAt).toEqual(new Date('2026-03-29T01:00:00Z'))
  })
})
