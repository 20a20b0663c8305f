/** Wall clocks of IANA time zones, by Temporal: what they show at an instant, and when they show a time. */
import { Temporal } from 'temporal-polyfill'
import type { Day } from '../clock.js'

type LocalTime = { day: Day; hour: number; minute: number; weekday: number }

/** What the wall clock shows in an IANA time zone at that instant; weekday 0 is Sunday. */
export function localTime(at: Date, timezone: string): LocalTime {
  const local = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timezone)
  return {
    day: local.toPlainDate().toString(),
    hour: local.hour,
    minute: local.minute,
    weekday: local.dayOfWeek % 7,
  }
}

/**
 * The first instant at which the wall clock of that zone shows the given time or later on that day.
 * A time that a spring change leaves out is taken at the first minute after the gap; of a time that
 * an autumn change shows twice, the first one is taken.
 */
export function instantOf(day: Day, hour: number, minute: number, timezone: string): Date {
  const asked = Temporal.PlainDate.from(day).toPlainDateTime({ hour, minute })
  const first = asked.toZonedDateTime(timezone, { disambiguation: 'earlier' })
  const isThere = first.toPlainDateTime().equals(asked)
  const found = isThere ? first : (first.getTimeZoneTransition('next') ?? first)
  return new Date(found.epochMilliseconds)
}
