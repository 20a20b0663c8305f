/** Finds the edition that a path names. */
import type { Queries } from '../../db/client.js'
import type { EditionKind } from '../../editions/edition.js'
import { type Edition, readEdition } from '../../editions/store.js'
import { Problem } from '../../errors.js'

/** `2026-W19` is a week, everything else a day. */
export const kindOf = (period: string): EditionKind => (period.includes('W') ? 'weekly' : 'daily')

/** @throws Problem `not-found`. */
export async function findEdition(db: Queries, period: string): Promise<Edition> {
  const edition = await readEdition(db, kindOf(period), period)
  if (!edition) throw new Problem('not-found', `There is no edition of ${period}.`)
  return edition
}

/** What comes next for an edition, in words for an operator. */
export function nextStep(edition: Edition, now: Date): string {
  const at = edition.sendAt
    ? `${edition.sendAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`
    : 'its time'
  const due = edition.sendAt !== null && edition.sendAt <= now
  const words: Record<Edition['status'], string> = {
    empty: 'Nothing is sent: there were no papers.',
    thin: 'Nothing is sent: its papers wait for the next edition.',
    failed: 'The source is asked again.',
    draft: due
      ? 'Its time has passed: approve it, send it, or set another time.'
      : `It is built anew and frozen shortly before ${at}.`,
    held: 'It waits for you: approve it or cancel it.',
    frozen: due ? 'It goes out now.' : `It goes out at ${at}.`,
    sending: 'It is going out.',
    paused: 'It is paused: resume or cancel it.',
    sent: 'It is out.',
    cancelled: 'It was cancelled for good.',
  }
  return words[edition.status]
}
