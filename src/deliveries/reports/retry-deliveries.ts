/** Makes rows due again that an operator wants to be tried once more. */
import { type Db, inTransaction } from '../../db/client.js'
import type { EditionStatus } from '../../editions/edition.js'
import { mayMove, mustMoveEdition } from '../../editions/transitions.js'
import { Problem } from '../../errors.js'
import { quoted } from '../../db/quoted.js'
import { fates } from '../../mail/delivery-status.js'

export const retryChoices = ['deferred', 'failed', 'in-doubt'] as const
type RetryChoice = (typeof retryChoices)[number]

const statuses: Record<RetryChoice, readonly string[]> = {
  deferred: ['deferred'],
  failed: fates.rejected,
  'in-doubt': ['in_doubt'],
}

export type RetryOptions = {
  only: RetryChoice[]
  /** Of that recipient domain alone, in lower case. */
  domain?: string
}

/** What is tried again when nobody says otherwise: all that was given up. */
export const givenUp: RetryChoice[] = ['failed', 'in-doubt']

/**
 * What was deferred is tried now rather than later, what had failed or was held in doubt for another day.
 * Whose address was suppressed meanwhile is left out by the claim.
 * @returns how many rows are due again.
 * @throws Problem `not-found`, or `conflict` when the edition is not going out and has not gone out.
 */
export async function retryDeliveries(
  db: Db,
  editionId: number,
  { only, domain }: RetryOptions,
  now: Date,
): Promise<number> {
  return inTransaction(db, async (query) => {
    const [edition] = await query<{ status: EditionStatus }>(
      'SELECT status FROM edition WHERE id = $1 FOR UPDATE',
      [editionId],
    )
    if (!edition) throw new Problem('not-found', `There is no edition ${editionId}.`)
    if (!mayMove(edition.status, 'retry')) {
      throw new Problem('conflict', `The edition is ${edition.status}; nothing of it can be tried again.`)
    }
    const rows = await query(
      `UPDATE delivery SET status = CASE WHEN status IN (${quoted(fates.rejected)}) THEN 'due' ELSE status END,
         due_at = $3, expires_at = greatest(expires_at, $3::timestamptz + interval '1 day'), settled_at = NULL, reason = NULL
       WHERE edition_id = $1 AND status = ANY ($2) AND ($4::text IS NULL OR domain = $4) RETURNING id`,
      [editionId, only.flatMap((choice) => statuses[choice]), now, domain ?? null],
    )
    if (rows.length > 0 && edition.status === 'sent') {
      await mustMoveEdition(query, editionId, 'retry', { now, set: { finished_at: null } })
    }
    return rows.length
  })
}
