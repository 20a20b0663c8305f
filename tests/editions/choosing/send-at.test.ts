/** The time at which an edition goes out: after its day has closed everywhere it must. */
import { expect, it } from 'vitest'
import { sendAtOf } from '../../../src/editions/choosing/send-at.js'

it.each([
  ['2026-05-06', 'UTC', 6, 0, '2026-05-07T06:00:00Z', 'the morning after'],
  ['2026-05-06', 'UTC', 0, 0, '2026-05-07T00:00:00Z', 'the very end of the day'],
  ['2026-05-06', 'Europe/Berlin', 6, 0, '2026-05-07T04:00:00Z', 'summer time'],
  ['2026-12-31', 'Europe/Berlin', 6, 0, '2027-01-01T05:00:00Z', 'New Year'],
  ['2024-02-28', 'UTC', 6, 0, '2024-02-29T06:00:00Z', 'a leap day'],
  ['2026-03-28', 'Europe/Berlin', 2, 30, '2026-03-29T01:00:00Z', 'a time that the spring change leaves out'],
  ['2026-10-24', 'Europe/Berlin', 2, 30, '2026-10-25T00:30:00Z', 'the first of two in autumn'],
  ['2026-05-06', 'America/Los_Angeles', 6, 0, '2026-05-07T13:00:00Z', 'west of Greenwich'],
  [
    '2026-05-06',
    'America/Los_Angeles',
    18,
    0,
    '2026-05-07T01:00:00Z',
    'the evening of the day itself, after its end',
  ],
  ['2026-05-06', 'Asia/Tokyo', 6, 0, '2026-05-07T21:00:00Z', 'east, where the day ends in the morning'],
  ['2026-05-06', 'Pacific/Kiritimati', 13, 0, '2026-05-07T23:00:00Z', 'fourteen hours ahead'],
  ['2026-05-06', 'Pacific/Kiritimati', 14, 0, '2026-05-07T00:00:00Z', 'fourteen hours ahead, at the end'],
])('%s in %s at %i:%i is %s: %s', (day, timezone, hour, minute, at) => {
  expect(sendAtOf(day, { sendAt: { hour, minute }, timezone })).toEqual(new Date(at))
})
