/** The periods that editions stand for: days, and ISO 8601 weeks from Monday to Sunday. */
import { addDays, type Day, isDay } from '../../clock.js'
import { fullDay, longDay } from '../../format/readable.js'
import type { EditionKind } from '../edition.js'

/** `2026-W31`: the ISO week that a day falls in; around New Year its year may differ from the day's. */
export function weekOf(day: Day): string {
  const thursday = addDays(mondayOf(day), 3)
  const year = thursday.slice(0, 4)
  const days = (Date.parse(thursday) - Date.parse(`${year}-01-01`)) / 86_400_000
  return `${year}-W${String(Math.floor(days / 7) + 1).padStart(2, '0')}`
}

/** The Monday of the week that a day falls in. */
export function mondayOf(day: Day): Day {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
  return addDays(day, -((weekday + 6) % 7))
}

/** The days of a period, in order; null when there is no such period, such as week 53 of most years. */
export function daysOf(kind: EditionKind, period: string): Day[] | null {
  if (kind === 'daily') return isDay(period) ? [period] : null
  const [, year, week] = /^(\d{4})-W(\d{2})$/.exec(period) ?? []
  if (!year || !week) return null
  // 4 January is always in week 1.
  const monday = addDays(mondayOf(`${year}-01-04`), (Number(week) - 1) * 7)
  if (!isDay(monday) || weekOf(monday) !== period) return null
  return Array.from({ length: 7 }, (_, index) => addDays(monday, index))
}

/** The period of that kind which a day belongs to. */
export function periodOf(kind: EditionKind, day: Day): string {
  return kind === 'daily' ? day : weekOf(day)
}

/** The date below the masthead, by the last day of the period. */
export function dateline(kind: EditionKind, day: Day): string {
  if (kind === 'daily') return fullDay(day)
  return `Week ${Number(weekOf(day).slice(6))} · ${longWeek(day)}`
}

/** `27 July to 2 August 2026`, `29 December 2025 to 4 January 2026`: the week that a day falls in. */
export function longWeek(day: Day): string {
  const monday = longDay(mondayOf(day))
  const sunday = longDay(addDays(mondayOf(day), 6))
  const [, month, year = ''] = sunday.split(' ')
  const short = monday.endsWith(`${month} ${year}`) ? monday.replace(` ${month} ${year}`, '') : monday
  return `${short.replace(` ${year}`, '')} to ${sunday}`
}
