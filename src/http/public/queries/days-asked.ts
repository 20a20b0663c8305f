/** Which days a request asks for: one day, a week, a month, or a span. */
import { addDays, type Day, isDay } from '../../../clock.js'
import { daysOf } from '../../../editions/choosing/period.js'
import { Problem } from '../../../errors.js'

export type Span = { from?: Day | undefined; to?: Day | undefined }

type Asked = {
  date?: string | undefined
  week?: string | undefined
  month?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

/** @throws Problem `invalid` for a period that does not exist, or for two of them at once. */
export function spanAsked(asked: Asked): Span {
  const { date, week, month, from, to } = asked
  const ways = [date, week, month, from ?? to].filter((way) => way !== undefined)
  if (ways.length > 1) throw new Problem('invalid', 'Ask for a date, a week, a month or a span, not for two.')
  if (date !== undefined) return { from: dayIn(date), to: dayIn(date) }
  if (week !== undefined) return spanOfWeek(week) ?? refuse(`There is no week ${week}.`)
  if (month !== undefined) return spanOfMonth(month) ?? refuse(`There is no month ${month}.`)
  return { from: from && dayIn(from), to: to && dayIn(to) }
}

/** Monday to Sunday of an ISO week such as `2026-W31`; null when there is none. */
export function spanOfWeek(week: string): { from: Day; to: Day } | null {
  const days = daysOf('weekly', week)
  const [first, last] = [days?.at(0), days?.at(-1)]
  return first && last ? { from: first, to: last } : null
}

/** First to last day of a month such as `2026-07`; null when there is none. */
export function spanOfMonth(month: string): { from: Day; to: Day } | null {
  const first = `${month}-01`
  if (!isDay(first)) return null
  const nextMonth = `${addDays(first, 31).slice(0, 7)}-01`
  return { from: first, to: addDays(nextMonth, -1) }
}

const refuse = (detail: string): never => {
  throw new Problem('invalid', detail)
}

const dayIn = (text: string): Day => (isDay(text) ? text : refuse('There is no such day.'))
