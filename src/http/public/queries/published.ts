/** The editions that readers may see. */
import { isDay } from '../../../clock.js'
import type { Queries } from '../../../db/client.js'
import { publicStatuses } from '../../../editions/edition.js'
import { daysOf } from '../../../editions/choosing/period.js'
import { type Edition, readEdition } from '../../../editions/store.js'
import { Problem } from '../../../errors.js'

/**
 * The daily edition of a day, or the weekly one of an ISO week.
 * @throws Problem `not-found` that says why there is none, as far as that is for readers.
 */
export async function publishedEdition(db: Queries, period: string): Promise<Edition> {
  const kind = isDay(period) ? 'daily' : 'weekly'
  if (!daysOf(kind, period)) throw new Problem('not-found', 'This is neither a day nor a week.')
  const edition = await readEdition(db, kind, period)
  if (edition && publicStatuses.includes(edition.status)) return edition
  throw new Problem('not-found', whyNot(edition))
}

function whyNot(edition: Edition | null): string {
  if (edition?.status === 'empty') return 'No papers were listed, so there was no edition.'
  if (edition?.status === 'thin') return 'There were too few papers; they waited for the next edition.'
  return 'There is no edition of that time.'
}
