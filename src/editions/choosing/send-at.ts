/** When an edition goes out. */
import { addDays, type Day } from '../../clock.js'
import { instantOf } from '../../clock/zoned.js'

export type SendTime = { sendAt: { hour: number; minute: number }; timezone: string }

/** After a day of downtime yesterday's edition is not mailed as if it were today's: it is left to a human. */
const patienceMs = 86_400_000

/** What was due then or before no longer goes out by itself. */
export const latestMissed = (now: Date): Date => new Date(now.getTime() - patienceMs)

/** The end of a day in UTC, when its list is complete. */
export function closingOf(day: Day): Date {
  return new Date(`${addDays(day, 1)}T00:00:00Z`)
}

/**
 * The first `SEND_AT` on the clock of `TIMEZONE` at or after the end of the last day covered. East of
 * Greenwich that may be the morning after the next: there the day itself ends in the morning.
 */
export function sendAtOf(day: Day, { sendAt, timezone }: SendTime): Date {
  const closing = closingOf(day)
  for (let ahead = 0; ; ahead += 1) {
    const at = instantOf(addDays(day, ahead), sendAt.hour, sendAt.minute, timezone)
    if (at >= closing) return at
  }
}
