/** Hold, approve, schedule: an operator's steps before an edition's first mail, each only from where it may be. */
import { inTransaction, type Db, type Query } from '../../db/client.js'
import { Problem } from '../../errors.js'
import { freeze, lockKind } from './freeze.js'
import type { EditionServices } from '../edition-services.js'
import { type Edition, readEditionById } from '../store.js'

/** Keeps a draft or a frozen edition from going out until somebody approves it. */
export async function holdEdition(db: Db, id: number, now: Date, reason: string): Promise<void> {
  const rows = await db.sql(
    `UPDATE edition SET status = 'held', reason = $3, updated_at = $2
     WHERE id = $1 AND status IN ('draft', 'frozen', 'held') AND fanned_out_at IS NULL AND papers IS NOT NULL
     RETURNING id`,
    [id, now, reason],
  )
  if (rows.length === 0) await refuse(db.sql, id, 'held')
}

/**
 * Lets a held edition or a draft go out at its time: a draft is frozen as it was last seen.
 * @throws Problem `not-found` or `conflict`.
 */
export async function approveEdition(services: EditionServices, id: number): Promise<Edition> {
  return inTransaction(services.db, async (query) => {
    const [open] = await query<{ frozen: boolean; kind: Edition['kind'] }>(
      `SELECT frozen_at IS NOT NULL AS frozen, kind FROM edition
       WHERE id = $1 AND status IN ('held', 'draft') AND papers IS NOT NULL FOR UPDATE`,
      [id],
    )
    if (!open) return refuse(query, id, 'approved')
    if (open.frozen) {
      await query(`UPDATE edition SET status = 'frozen', reason = NULL, updated_at = $2 WHERE id = $1`, [
        id,
        services.clock.now(),
      ])
    } else {
      await lockKind(query, open.kind)
      await freeze(query, services, await mustRead(query, id))
    }
    return mustRead(query, id)
  })
}

/** Sets another time to send; past times mean at once. */
export async function scheduleEdition(db: Db, id: number, sendAt: Date, now: Date): Promise<void> {
  const rows = await db.sql(
    `UPDATE edition SET send_at = $3, updated_at = $2
     WHERE id = $1 AND status IN ('draft', 'held', 'frozen') AND fanned_out_at IS NULL RETURNING id`,
    [id, now, sendAt],
  )
  if (rows.length === 0) await refuse(db.sql, id, 'scheduled')
}

async function refuse(query: Query, id: number, verb: string): Promise<never> {
  const edition = await readEditionById(query, id)
  if (!edition) throw new Problem('not-found', `There is no edition ${id}.`)
  throw new Problem('conflict', `The edition is ${edition.status} and cannot be ${verb}.`)
}

async function mustRead(query: Query, id: number): Promise<Edition> {
  const edition = await readEditionById(query, id)
  if (!edition) throw new Problem('not-found', `There is no edition ${id}.`)
  return edition
}
