/** The only source of the time; tests pass one that they set. */
export interface Clock {
  now(): Date
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

type LocalTime = { day: Day; hour: number; minute: number; weekday: number }

const formats = new Map<string, Intl.DateTimeFormat>()

function formatIn(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  formats.set(timezone, made)
  return made
}

/** What the wall clock shows in an IANA time zone at that instant; weekday 0 is Sunday. */
export function localTime(at: Date, timezone: string): LocalTime {
  const parts = new Map(
    formatIn(timezone)
      .formatToParts(at)
      .map((part) => [part.type, part.value]),
  )
  const day = `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`
  return {
    day,
    hour: Number(parts.get('hour')),
    minute: Number(parts.get('minute')),
    weekday: new Date(`${day}T00:00:00Z`).getUTCDay(),
  }
}

/**
 * The first instant at which the wall clock of that zone shows the given time or later on that day.
 * A time that a spring change leaves out is taken at the first minute after the gap; of a time that
 * an autumn change shows twice, the first one is taken.
 */
export function instantOf(day: Day, hour: number, minute: number, timezone: string): Date {
  const naive = Date.parse(`${day}T00:00:00Z`) + (hour * 60 + minute) * 60_000
  const offsets = [-26, 0, 26].map((hours) => offsetAt(naive + hours * 3_600_000, timezone))
  const candidates = [...new Set(offsets)].map((offset) => naive - offset).sort((a, b) => a - b)
  const exact = candidates.find((at) => at + offsetAt(at, timezone) === naive)
  if (exact !== undefined) return new Date(exact)
  return new Date(firstInstantAfterGap(candidates[0] ?? naive, naive, timezone))
}

/** Milliseconds by which the wall clock of a zone is ahead of UTC at an instant. */
function offsetAt(at: number, timezone: string): number {
  const local = localTime(new Date(at), timezone)
  const shown = Date.parse(`${local.day}T00:00:00Z`) + (local.hour * 60 + local.minute) * 60_000
  return shown - Math.floor(at / 60_000) * 60_000
}

function firstInstantAfterGap(from: number, naive: number, timezone: string): number {
  for (let at = from; ; at += 60_000) {
    if (at + offsetAt(at, timezone) >= naive) return at
  }
}

/** True for a name that this runtime knows as an IANA time zone. */
export function isTimezone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en-US', { timeZone: name }))
  } catch {
    return false
  }
}
