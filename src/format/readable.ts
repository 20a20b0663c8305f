/** Dates, counts and names as readers see them, in mails and on pages. */
import type { Day } from '../clock.js'

/** `6 May 2026`. */
export function longDay(day: Day): string {
  return format(day, { day: 'numeric', month: 'long', year: 'numeric' })
}

/** `Wednesday, 6 May 2026`. */
export function fullDay(day: Day): string {
  return `${format(day, { weekday: 'long' })}, ${longDay(day)}`
}

/** `May 2026`. */
export function monthName(day: Day): string {
  return format(day, { month: 'long', year: 'numeric' })
}

function format(day: Day, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' }).format(
    new Date(`${day}T00:00:00Z`),
  )
}

/** The text with a capital as its first letter. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** A single comment or star says less than none. The votes beside a rank are told whatever they are. */
const fewestTold = { comment: 3, star: 20, upvote: 3 }

/** `1 comment`, `1,204 comments`. */
export function counted(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`
}

/** The same; empty where it is unknown or too small to be told. */
export function countTold(number: number | null, noun: keyof typeof fewestTold): string {
  return number !== null && number >= fewestTold[noun] ? counted(number, noun) : ''
}

/** `34 authors · Jun Guo, Piaopiao Jin, Jason Li et al.`; a lone author is named without a count. */
export function authorsLine(names: string[], count = names.length): string {
  if (count <= 1 && names.length < 2) return names[0] ?? ''
  const shown = names.slice(0, 3)
  const rest = shown.length > 0 && count > shown.length ? ' et\u00A0al.' : ''
  return [counted(count, 'author'), shown.join(', ') + rest].filter(Boolean).join(' · ')
}
