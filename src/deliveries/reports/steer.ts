/** Pause, resume, cancel: conditional updates that every worker sees within two seconds. */
import type { Db } from '../../db/client.js'
import { Problem } from '../../errors.js'

type Step = { to: string; from: string[]; verb: string }

/** Workers stop within two seconds; what is on the wire is finished. */
export const pauseEdition = (db: Db, editionId: number, now: Date, reason = 'paused by the operator') =>
  step(db, editionId, now, reason, { to: `'paused'`, from: ['frozen', 'sending'], verb: 'paused' })

/** Goes on where it stopped. A held edition is approved by it. */
export const resumeEdition = (db: Db, editionId: number, now: Date) =>
  step(db, editionId, now, null, {
    to: `CASE WHEN fanned_out_at IS NULL THEN 'frozen' ELSE 'sending' END`,
    from: ['paused', 'held'],
    verb: 'resumed',
  })

/** For good: every row that did not go out ends as `cancelled`. */
export const cancelEdition = (db: Db, editionId: number, now: Date, reason = 'cancelled by the operator') =>
  step(db, editionId, now, reason, {
    to: `'cancelled'`,
    from: ['draft', 'held', 'frozen', 'sending', 'paused'],
    verb: 'cancelled',
  })

/** @throws Problem `not-found`, or `conflict` when its status does not allow the step. */
async function step(
  db: Db,
  editionId: number,
  now: Date,
  reason: string | null,
  { to, from, verb }: Step,
): Promise<void> {
  const rows = await db.sql(
    `UPDATE edition SET status = ${to}, reason = $3, updated_at = $2
     WHERE id = $1 AND status = ANY ($4) AND (status <> 'held' OR frozen_at IS NOT NULL OR $5 = 'cancelled')
     RETURNING id`,
    [editionId, now, reason, from, verb],
  )
  if (rows.length > 0) return
  const [edition] = await db.sql<{ status: string }>('SELECT status FROM edition WHERE id = $1', [editionId])
  if (!edition) throw new Problem('not-found', `There is no edition ${editionId}.`)
  throw new Problem('conflict', `The edition is ${edition.status} and cannot be ${verb}.`)
}
