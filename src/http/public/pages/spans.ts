/** The ways from a day to its week and its month, and back. */
import type { Day } from '../../../clock.js'
import { weekOf } from '../../../editions/choosing/period.js'

type Name = 'day' | 'week' | 'month'

export type SpanLink = { label: string; path: string; here: boolean }

/** @param day - the newest of what is shown. */
export function spansOf(day: Day, here: Name): SpanLink[] {
  return [
    { label: 'Day', path: `/papers/${day}`, here: here === 'day' },
    { label: 'Week', path: `/papers/week/${weekOf(day)}`, here: here === 'week' },
    { label: 'Month', path: `/papers/month/${day.slice(0, 7)}`, here: here === 'month' },
  ]
}

const lastEndings = ['th', 'st', 'nd', 'rd']

/** `1st of 10`. */
export function placeOf(rank: number, among: number): string {
  const teens = rank % 100 > 10 && rank % 100 < 14
  const ending = (!teens && lastEndings[rank % 10]) || 'th'
  return `${rank}${ending} of ${among}`
}
