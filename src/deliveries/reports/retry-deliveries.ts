/** Makes mails due again that an operator wants to be tried once more. */
import { type Db, inTransaction, type Query } from '../../db/client.js'
import { quoted } from '../../db/queries/quoted.js'
import { type EditionStatus, shownStatus } from '../../editions/edition.js'
import { mayMove, mustMoveEdition } from '../../editions/transitions.js'
import { Problem } from '../../errors.js'
import { fates } from '../../mail/delivery-status.js'
import { setExpiredApart } from '../editions/retry-expired.js'

export const retryChoices = ['deferred', 'failed', 'in-doubt'] as const
type RetryChoice = (typeof retryChoices)[number]

const statuses: Record<RetryChoice, string[]> = {
  deferred: ['deferred'],
  failed: [...fates.rejected],
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
 * @returns how many mails are due again.
 * @throws Problem `not-found`, or `conflict` when the edition is not going out and has not gone out.
 */
export async function retryDeliveries(
  db: Db,
  editionId: number,
  { only, domain }: RetryOptions,
  now: Date,
): Promise<number> {
  return inTransaction(db, async (query, tx) => {
    const status = await lockOut(query, editionId)
    const wanted = only.flatMap((choice) => statuses[choice])
    const places = wanted.includes('expired') ? await setExpiredApart(tx, editionId, domain ?? null, now) : 0
    const rows = await query(
      `UPDATE delivery SET status = CASE WHEN status IN (${quoted(fates.rejected)}) THEN 'due' ELSE status END,
         due_at = $3, expires_at = greatest(expires_at, $3::timestamptz + interval '1 day'), settled_at = NULL, reason = NULL
       WHERE edition_id = $1 AND status = ANY ($2) AND ($4::text IS NULL OR domain = $4) RETURNING id`,
      [editionId, wanted, now, domain ?? null],
    )
    const retried = places + rows.length
    if (retried > 0 && status === 'sent') {
      await mustMoveEdition(tx, editionId, 'retry', { now, set: { finished_at: null, totals: null } })
    }
    return retried
  })
}

/** @returns the status of the edition, which stays as it is until the transaction ends. */
async function lockOut(query: Query, editionId: number): Promise<EditionStatus> {
  const [edition] = await query<{ status: EditionStatus }>(
    `SELECT ${shownStatus} AS status FROM edition e WHERE id = $1 FOR UPDATE`,
    [editionId],
  )
  if (!edition) throw new Problem('not-found', `There is no edition ${editionId}.`)
  if (!mayMove(edition.status, 'retry')) {
    throw new Problem('conflict', `The edition is ${edition.status}; nothing of it can be tried again.`)
  }
  return edition.status
}
