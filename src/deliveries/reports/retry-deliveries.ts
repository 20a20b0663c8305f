/** Makes mails due again that an operator wants to be tried once more. */
import type { Queries } from '../../db/queries/queries.js'
import { quoted } from '../../db/queries/quoted.js'
import { bigint, int, nullable, oneOf, text, texts, timestamptz } from '../../db/queries/sql-types.js'
import { type RowOf, statement } from '../../db/queries/statement.js'
import { editionKinds, editionStatuses, shownStatus } from '../../editions/edition.js'
import { mayMove, mustMoveEdition } from '../../editions/transitions.js'
import { Problem } from '../../errors.js'
import { fates } from '../../mail/delivery-status.js'
import { mayGetAgain, setExpiredApart } from '../editions/retry-expired.js'

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

const makeDue = statement({
  text: `UPDATE delivery d SET status = CASE WHEN status IN (${quoted(fates.rejected)}) THEN 'due' ELSE status END,
      due_at = $3, expires_at = greatest(expires_at, $3::timestamptz + interval '1 day'), settled_at = NULL, reason = NULL
    WHERE edition_id = $1 AND status = ANY ($2) AND ($4::text IS NULL OR domain = $4)
      AND EXISTS (SELECT FROM subscriber s WHERE s.id = d.subscriber_id AND ${mayGetAgain('$5', '$3')}) RETURNING id`,
  parameters: [int, texts, timestamptz, nullable(text), text],
  columns: { id: bigint },
})

const lockEdition = statement({
  text: `SELECT ${shownStatus} AS status, kind FROM edition e WHERE id = $1 FOR UPDATE`,
  parameters: [int],
  columns: { status: oneOf(editionStatuses), kind: oneOf(editionKinds) },
})

/**
 * What was deferred is tried now rather than later, what had failed or was held in doubt for another day.
 * Mails to readers who may not be mailed now, since they left, paused or are suppressed, stay as they ended.
 * @returns how many mails are due again.
 * @throws Problem `not-found`, or `conflict` when the edition is not going out and has not gone out.
 */
export async function retryDeliveries(
  tx: Queries,
  editionId: number,
  { only, domain }: RetryOptions,
  now: Date,
): Promise<number> {
  const { status, kind } = await lockOut(tx, editionId)
  const wanted = only.flatMap((choice) => statuses[choice])
  const places = wanted.includes('expired')
    ? await setExpiredApart(tx, { editionId, kind }, domain ?? null, now)
    : 0
  const rows = await tx.run(makeDue, [editionId, wanted, now, domain ?? null, kind])
  const retried = places + rows.length
  if (retried > 0 && status === 'sent') {
    await mustMoveEdition(tx, editionId, 'retry', { now, set: { finished_at: null, totals: null } })
  }
  return retried
}

/** The edition, whose status stays as it is until the transaction ends. */
async function lockOut(tx: Queries, editionId: number): Promise<RowOf<typeof lockEdition>> {
  const [edition] = await tx.run(lockEdition, [editionId])
  if (!edition) throw new Problem('not-found', `There is no edition ${editionId}.`)
  if (!mayMove(edition.status, 'retry')) {
    throw new Problem('conflict', `The edition is ${edition.status}; nothing of it can be tried again.`)
  }
  return edition
}
