/** One line of an import: what it says, checked. */
import { maskAddresses } from '../../../format/mask-addresses.js'
import { type Day, isDay, isTimezone } from '../../../clock.js'
import { Problem } from '../../../errors.js'
import type { Address } from '../../address.js'
import { type Frequency, frequencies, type Status } from '../../subscriber.js'
import type { Columns, Field } from './columns.js'
import { isFilled, standingOf } from './standing.js'
import { readTime } from './times.js'

export type ImportRow = {
  line: number
  email: string
  domain: string
  status: Status
  frequency: Frequency
  timezone: string | null
  hour: number | null
  pausedUntil: Day | null
  source: string | null
  confirmedAt: Date | null
  unsubscribedAt: Date | null
  createdAt: Date | null
}

const longestSource = 100

/**
 * @param accept - what decides whether an address is taken.
 * @throws Problem that says what is wrong with the line, without its address.
 */
export async function readRow(
  columns: Columns,
  { line, cells }: { line: number; cells: readonly string[] },
  now: Date,
  accept: (text: string) => Promise<Address>,
): Promise<ImportRow> {
  if (cells.length !== columns.count) {
    refuse(`the line has ${cells.length} fields and the header ${columns.count}`)
  }
  const cell = (field: Field) => unescape(cells[columns.fields.get(field)?.index ?? -1] ?? '')
  const { email, domain } = await accept(cell('email'))
  const time = (field: Field) => readTime(cell(field), now)
  const status = standingOf(columns, cells)
  const left = columns.leaving.map(({ index }) => cells[index] ?? '').filter(isFilled)
  return {
    line,
    email,
    domain,
    status,
    frequency: readFrequency(cell('frequency')),
    timezone: readTimezone(cell('timezone'), columns.foreign),
    hour: readHour(cell('hour')),
    pausedUntil: readDay(cell('paused_until')),
    source: readSource(cell('source'), columns.foreign),
    confirmedAt: time('confirmed_at'),
    unsubscribedAt:
      [cell('unsubscribed_at'), ...left].map((text) => readTime(text, now)).find(Boolean) ?? null,
    createdAt: time('created_at'),
  }
}

/** An export puts an apostrophe before what a spreadsheet would take for a formula. */
const unescape = (cell: string) => cell.replace(/^'(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/, '')

function readFrequency(given: string): Frequency {
  if (given === '') return 'daily'
  const word = given.toLowerCase()
  return (
    frequencies.find((frequency) => frequency === word) ??
    refuse(`the frequency is none of ${frequencies.join(', ')}`)
  )
}

function readTimezone(given: string, foreign: boolean): string | null {
  if (given === '' || isTimezone(given)) return given || null
  return foreign ? null : refuse('the time zone is not an IANA name such as Europe/Paris')
}

function readHour(given: string): number | null {
  if (given === '') return null
  const hour = Number(given)
  return /^\d{1,2}$/.test(given) && hour < 24 ? hour : refuse('the hour is none from 0 to 23')
}

function readDay(given: string): Day | null {
  if (given === '') return null
  const day = given.slice(0, 10)
  return isDay(day) ? day : refuse('the pause ends on no day such as 2026-12-15')
}

function readSource(given: string, foreign: boolean): string | null {
  if (given.length <= longestSource && !/\p{Cc}/u.test(given)) return maskAddresses(given) || null
  return foreign ? null : refuse(`the source is not one line of at most ${longestSource} characters`)
}

function refuse(reason: string): never {
  throw new Problem('unprocessable', reason)
}
