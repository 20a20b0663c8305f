/** What operators do to an edition: hold, approve, schedule, pause, resume, cancel; each only from where it may be. */
import type { Queries, Tx } from '../../db/client.js'
import type { EditionServices } from '../edition-services.js'
import { type Edition, lockEditionById, readEditionById } from '../store.js'
import { mustMoveEdition, refuseMove } from '../transitions.js'
import { freeze, lockKind } from './freeze.js'

/** Keeps a draft or a frozen edition from going out until somebody approves it. */
export const holdEdition = (db: Queries, id: number, now: Date, reason: string): Promise<void> =>
  mustMoveEdition(db, id, 'hold', { now, set: { reason } })

/**
 * Lets a held edition or a draft go out at its time: a draft is frozen as it was last seen.
 * @throws Problem `not-found` or `conflict`.
 */
export async function approveEdition(
  tx: Tx,
  services: Pick<EditionServices, 'clock' | 'config'>,
  id: number,
): Promise<Edition> {
  const edition = await lockEditionById(tx, id)
  if (edition?.papers && !edition.frozenAt && ['held', 'draft'].includes(edition.status)) {
    await lockKind(tx, edition.kind)
    await freeze(tx, services, edition)
  } else {
    await mustMoveEdition(tx, id, 'release', { now: services.clock.now(), set: { reason: null } })
  }
  return (await readEditionById(tx, id)) ?? refuseMove(tx, id, 'release')
}

/** Sets another time to send; past times mean at once. */
export const scheduleEdition = (db: Queries, id: number, sendAt: Date, now: Date): Promise<void> =>
  mustMoveEdition(db, id, 'schedule', { now, set: { send_at: sendAt } })

/** Workers stop within two seconds; what is on the wire is finished. */
export const pauseEdition = (
  db: Queries,
  id: number,
  now: Date,
  reason = 'paused by the operator',
): Promise<void> => mustMoveEdition(db, id, 'pause', { now, set: { reason } })

/** Goes on where it stopped. A held edition is approved by it. */
export const resumeEdition = (db: Queries, id: number, now: Date): Promise<void> =>
  mustMoveEdition(db, id, 'resume', { now, set: { reason: null } })

/** For good: every row that did not go out ends as `cancelled`. */
export const cancelEdition = (
  db: Queries,
  id: number,
  now: Date,
  reason = 'cancelled by the operator',
): Promise<void> => mustMoveEdition(db, id, 'cancel', { now, set: { reason } })
