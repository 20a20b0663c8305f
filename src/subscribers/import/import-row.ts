/** One line of an import: what it says, checked. */
import { isTimezone } from '../../clock.js'
import { Problem } from '../../errors.js'
import type { Address } from '../address.js'
import { type Frequency, frequencies, type Status, statuses } from '../subscriber.js'

export type ImportRow = {
  line: number
  email: string
  domain: string
  status: Status
  frequency: Frequency
  timezone: string | null
  source: string | null
}

const longestSource = 100

/**
 * @param accept - what decides whether an address is taken.
 * @throws Problem that says what is wrong with the line, without its address.
 */
export async function readRow(
  line: number,
  fields: Record<string, string | undefined>,
  accept: (text: string) => Promise<Address>,
): Promise<ImportRow> {
  // An export puts an apostrophe before what a spreadsheet would take for a formula.
  const given = (fields['email'] ?? '').replace(/^'(?=[=+\-@])/, '')
  const { email, domain } = await accept(given)
  const timezone = fields['timezone'] || null
  if (timezone && !isTimezone(timezone)) refuse('the time zone is not an IANA name such as Europe/Paris')
  const source = fields['source'] || null
  if (source && (source.length > longestSource || /\p{Cc}/u.test(source))) {
    refuse(`the source is not one line of at most ${longestSource} characters`)
  }
  return {
    line,
    email,
    domain,
    status: oneOf('status', statuses, fields['status'], 'active'),
    frequency: oneOf('frequency', frequencies, fields['frequency'], 'daily'),
    timezone,
    source,
  }
}

function oneOf<const T extends string>(name: string, choices: readonly T[], given = '', fallback: T): T {
  if (given === '') return fallback
  const word = given.toLowerCase()
  return choices.find((choice) => choice === word) ?? refuse(`the ${name} is none of ${choices.join(', ')}`)
}

function refuse(reason: string): never {
  throw new Problem('unprocessable', reason)
}
