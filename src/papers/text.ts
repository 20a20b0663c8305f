/** Text of strangers made fit to keep and to show: one line, normal form C, no control characters. */
import { oneLine } from '../format/text/one-line.js'

/** Invisible characters that reorder or hide text; joiners stay, since some scripts need them. */
const invisible = /[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\u{E0000}-\u{E007F}]/gu
const loneSurrogate = /\p{Cs}/gu
/** Marks that language models leave at the end of what they were fed. */
const endMark = /<\/?(?:EOS|s)>|<\|end_?of_?text\|>/gi
/** A line broken at a hyphen: `real-` and `world`, which a space would tear apart. */
const brokenAtHyphen = /(\p{L}-)[ \t]*\r?\n[ \t]*(?=\p{Ll})/gu

/**
 * One line of clean text, cut at `most` UTF-16 units with an ellipsis.
 * @returns null for what is no string and for text of which nothing is left.
 */
export function cleanText(value: unknown, most: number): string | null {
  if (typeof value !== 'string') return null
  // What lies far behind the cut cannot matter, and regular expressions over megabytes take their time.
  const clean = value
    .slice(0, most * 4)
    .replace(loneSurrogate, '')
    .normalize('NFC')
    .replace(endMark, ' ')
    .replace(invisible, '')
    .replace(brokenAtHyphen, '$1')
  const text = oneLine(clean)
  if (text === '') return null
  return text.length <= most ? text : `${cutWhole(text, most - 1).trimEnd()}…`
}

/** The first units of a text, without half of a surrogate pair at the end. */
function cutWhole(text: string, units: number): string {
  return text.slice(0, units).replace(loneSurrogate, '')
}

/** Clean texts of a list, without those of which nothing is left and without repetitions. */
export function cleanList(value: unknown, most: number, mostEach: number): string[] {
  if (!Array.isArray(value)) return []
  const texts = value.slice(0, most).map((item) => cleanText(item, mostEach))
  return [...new Set(texts.filter((text) => text !== null))]
}

/** An absolute https URL without credentials in its normal form, null for anything else. */
export function httpsUrl(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 1000 || !URL.canParse(value.trim())) return null
  const url = new URL(value.trim())
  const fit = url.protocol === 'https:' && url.hostname.includes('.') && !url.username && !url.password
  return fit ? url.href : null
}

/** A count that fits the database's integer; null for what is none. */
export function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0x7fffffff
    ? value
    : null
}

/** An instant from RFC 3339 or a plain date, between 1990 and 2100; null for what is none. */
export function instant(value: unknown): Date | null {
  if (
    typeof value !== 'string' ||
    !/^\d{4}-\d{2}-\d{2}(?:[T ][\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?$/.test(value)
  ) {
    return null
  }
  // A time without zone means UTC here; Date.parse would take it in the zone of the machine.
  const zoned = /[T ].*(?:Z|[+-]\d{2}:?\d{2})$/.test(value) || value.length === 10 ? value : `${value}Z`
  const date = new Date(zoned)
  const year = date.getUTCFullYear()
  return year >= 1990 && year < 2100 ? date : null
}
