/** When the next mail comes, in words that are true for the reader. */
import type { Day } from '../../../clock.js'
import { localTime } from '../../../clock/zoned.js'
import type { Config } from '../../../config/config.js'
import { fullDay } from '../../../format/readable.js'
import type { Reader } from '../../../subscribers/preferences/preferences.js'

/** A weekly edition has the week up to Sunday. */
export const weeklyDay = 'Monday'

/** `The next edition of Daily Papers comes to you.` */
export function nextMail(
  { publication, timezone }: Pick<Config, 'publication' | 'timezone'>,
  reader: Pick<Reader, 'frequency' | 'pausedUntil' | 'timezone'>,
  now: Date,
): string {
  const today = localTime(now, reader.timezone ?? timezone).day
  const weekly = reader.frequency === 'weekly'
  if (isLater(reader.pausedUntil, today)) {
    const until = `Your mail is paused until ${fullDay(reader.pausedUntil)}`
    return weekly ? `${until}; the first weekly edition after that comes to you.` : `${until}.`
  }
  if (weekly) return `The next weekly edition of ${publication} comes to you on ${weeklyDay}.`
  return reader.frequency === 'weekdays'
    ? `The next edition of ${publication} comes to you, from Monday to Friday.`
    : `The next edition of ${publication} comes to you.`
}

const isLater = (day: Day | null, today: Day): day is Day => day !== null && day > today
