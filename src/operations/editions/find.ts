/** Finds the edition that a path names. */
import type { Queries } from '../../db/client.js'
import { latestMissed } from '../../editions/choosing/send-at.js'
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

/** Whether its time is yet to come, has come, or has passed by so much that it is left to a human. */
export function timing({ sendAt }: Pick<Edition, 'sendAt'>, now: Date): 'ahead' | 'due' | 'missed' {
  if (sendAt === null || sendAt > now) return 'ahead'
  return sendAt > latestMissed(now) ? 'due' : 'missed'
}

/** What comes next for an edition, in words for an operator. */
export function nextStep(edition: Edition, now: Date): string {
  const when = timing(edition, now)
  const draft = {
    ahead: `It is built anew and frozen shortly before ${timeOf(edition)}.`,
    due: 'Its time has passed: approve it, send it, or set another time.',
    missed: 'Its time passed more than a day ago: send it, or set another time.',
  }
  const frozen = {
    ahead: `It goes out at ${timeOf(edition)}.`,
    due: 'It goes out now.',
    missed:
      'Its time passed more than a day ago, so it does not go out by itself: send it, or set another time.',
  }
  const words: Record<Edition['status'], string> = {
    empty: 'Nothing is sent: there were no papers.',
    thin: 'Nothing is sent: its papers wait for the next edition.',
    failed: 'The source is asked again.',
    draft: draft[when],
    held: 'It waits for you: approve it or cancel it.',
    frozen: frozen[when],
    sending: 'It is going out.',
    paused: 'It is paused: resume or cancel it.',
    sent: 'It is out.',
    cancelled: 'It was cancelled for good.',
  }
  return words[edition.status]
}

/** What approving an edition leads to, to be read before. */
export function onceApproved(edition: Edition, now: Date): string {
  if (edition.fannedOutAt) return 'Sending goes on.'
  const words = {
    ahead: `It goes out at ${timeOf(edition)}.`,
    due: 'It goes out at once, since its time has passed.',
    missed: 'It does not go out by itself, since its time passed more than a day ago.',
  }
  return words[timing(edition, now)]
}

const timeOf = ({ sendAt }: Edition): string =>
  sendAt ? `${sendAt.toISOString().slice(0, 16).replace('T', ' ')} UTC` : 'its time'
