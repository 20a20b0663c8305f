/** How the dashboard writes numbers, times and links. */

const numbers = new Intl.NumberFormat('en-US')
const days = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
})

export const number = (value: number): string => numbers.format(value)

/** `1 vote`, `43 votes`. */
export const count = (value: number, thing: string): string =>
  `${numbers.format(value)} ${thing}${value === 1 ? '' : 's'}`

/** `2026-08-05 06:00`, in UTC; a dash for what has not happened. */
export const time = (at: Date | string | null): string =>
  at === null ? '–' : new Date(at).toISOString().slice(0, 16).replace('T', ' ')

/** `2026-08-05 06:00:07`, in UTC. */
export const second = (at: Date | null): string =>
  at === null ? '–' : at.toISOString().slice(0, 19).replace('T', ' ')

/** `Tue, 4 Aug 2026`, or `week 32 of 2026`. */
export function period(text: string): string {
  const [year, week] = text.split('-W')
  if (week !== undefined) return `week ${Number(week)} of ${year}`
  return days.format(new Date(`${text}T00:00:00Z`))
}

export const share = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${((100 * part) / whole).toFixed(part === whole ? 0 : 1)} %`

/** `12.5/s`: mails a second. */
export const rate = (perSecond: number): string => `${number(Number(perSecond.toPrecision(3)))}/s`

/** `3 h`, `12 min`: how long ago, roughly. */
export function span(seconds: number | null): string {
  if (seconds === null) return 'never'
  if (seconds < 90) return `${Math.round(seconds)} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`
}

/** What a status is called: `left out`, not `left_out`. */
export const plain = (word: string): string => word.replaceAll(/[_-]/g, ' ')

/** The query of a link that keeps what was asked for; what is empty or as it always is stays out of it. */
export function asking(asked: Record<string, unknown>, changes: Record<string, string>): string {
  const { id: _id, period: _period, paper: _paper, cursor: _cursor, ...kept } = asked
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries({ ...kept, ...changes })) {
    if (value !== '' && !(name === 'days' && value === 30)) query.set(name, String(value))
  }
  return `?${query.toString()}`
}
