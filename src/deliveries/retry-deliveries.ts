/** Makes rows due again that an operator wants to be tried once more. */
import { type Db, inTransaction } from '../db/client.js'
import { Problem } from '../errors.js'

const retryChoices = ['deferred', 'failed', 'in-doubt'] as const
export type RetryChoice = (typeof retryChoices)[number]

const statuses: Record<RetryChoice, string[]> = {
  deferred: ['deferred'],
  failed: ['rejected', 'expired'],
  'in-doubt': ['in_doubt'],
}

/**
 * What was deferred is tried now rather than later, what had failed or was held in doubt for another day.
 * Whose address was suppressed meanwhile is left out by the claim.
 * @returns how many rows are due again.
 * @throws Problem `not-found`, or `conflict` when the edition is not going out and has not gone out.
 */
export async function retryDeliveries(
  db: Db,
  editionId: number,
  only: RetryChoice,
  now: Date,
): Promise<number> {
  return inTransaction(db, async (query) => {
    const [edition] = await query<{ status: string }>('SELECT status FROM edition WHERE id = $1 FOR UPDATE', [
      editionId,
    ])
    if (!edition) throw new Problem('not-found', `There is no edition ${editionId}.`)
    if (!['sending', 'paused', 'sent'].includes(edition.status)) {
      throw new Problem('conflict', `The edition is ${edition.status}; nothing of it can be tried again.`)
    }
    const rows = await query(
      `UPDATE delivery SET status = CASE WHEN status IN ('rejected', 'expired') THEN 'due' ELSE status END,
         due_at = $3, expires_at = greatest(expires_at, $3::timestamptz + interval '1 day'), settled_at = NULL, reason = NULL
       WHERE edition_id = $1 AND status = ANY ($2) RETURNING id`,
      [editionId, statuses[only], now],
    )
    if (rows.length > 0 && edition.status === 'sent') {
      await query(
        `UPDATE edition SET status = 'sending', finished_at = NULL, updated_at = $2 WHERE id = $1`,
        [editionId, now],
      )
    }
    return rows.length
  })
}
