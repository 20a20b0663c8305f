/** The only source of the time; tests pass one that they set. */
export interface Clock {
  now(): Date
  /** How far the machine's own clock is from this one, in milliseconds: positive when it is fast. */
  offMs?(): number
}

export const systemClock: Clock = { now: () => new Date() }

/** A calendar day `YYYY-MM-DD`, without a time zone. */
export type Day = string

// Of these centuries alone: what is reckoned from a day must be one that Postgres and ISO 8601 write in ten letters.
const dayPattern = /^(?:19|2\d)\d{2}-\d{2}-\d{2}$/

/** True for a day that exists, of the years 1900 to 2999: `2024-02-29` yes, `2026-02-29` no. */
export function isDay(text: string): text is Day {
  if (!dayPattern.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

/** The instant so many days of 24 hours before. */
export function daysBefore(at: Date, days: number): Date {
  return new Date(at.getTime() - days * 86_400_000)
}

/** The day that an instant falls on in UTC. */
export function utcDay(at: Date): Day {
  return at.toISOString().slice(0, 10)
}

/** The day that many days later, or earlier when negative. */
export function addDays(day: Day, days: number): Day {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() + days)
  return utcDay(date)
}

/** The last day that had ended in UTC at that instant. */
export function lastClosedDay(at: Date): Day {
  return addDays(utcDay(at), -1)
}

/** True for a name that this runtime knows as an IANA time zone. */
export function isTimezone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en-US', { timeZone: name }))
  } catch {
    return false
  }
}
