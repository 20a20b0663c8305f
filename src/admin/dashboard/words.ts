/** How the dashboard writes numbers and times. */

const numbers = new Intl.NumberFormat('en-US')

export const number = (value: number): string => numbers.format(value)

/** `2026-08-05 06:00`, in UTC; a dash for what has not happened. */
export const time = (at: Date | string | null): string =>
  at === null ? '–' : new Date(at).toISOString().slice(0, 16).replace('T', ' ')

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
