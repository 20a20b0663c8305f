/** The one way from the ledger to the composer: what is due, without those who are on the list of suppressions. */
import { suppressedByHash } from '../../subscribers/leaving/suppress.js'
import { type ClaimRequest, type ClaimResult, claimDue } from './claim.js'
import type { Claimed, Sending } from './delivery.js'

/**
 * Claims like {@link claimDue}, which passes over addresses that the list names, and then leaves out those that
 * it knows by their keyed hash alone, as it does erased ones. Of all kinds only alerts, which an operator asked
 * for, are not asked about.
 */
export async function claimMailable(
  { db, secrets }: Pick<Sending, 'db' | 'secrets'>,
  request: ClaimRequest,
): Promise<ClaimResult> {
  const { claimed, more } = await claimDue(db, request)
  const asked = claimed.filter(({ kind }) => kind !== 'alert').map(({ address }) => address)
  const reasons = await suppressedByHash(db.sql, secrets, asked)
  if (reasons.size === 0) return { claimed, more }
  const barred = claimed.filter(({ kind, address }) => kind !== 'alert' && reasons.has(address))
  await leaveOut(db, barred, reasons, request.now)
  return { claimed: claimed.filter((delivery) => !barred.includes(delivery)), more }
}

async function leaveOut(
  db: Sending['db'],
  rows: Claimed[],
  reasons: Map<string, string>,
  now: Date,
): Promise<void> {
  await db.sql(
    `UPDATE delivery d SET status = 'left_out', reason = 'suppressed: ' || r.reason, settled_at = $4,
       claim = NULL, lease_until = NULL, to_address = CASE WHEN r.reason <> 'erased' THEN d.to_address END
     FROM unnest($1::bigint[], $2::uuid[], $3::text[]) AS r(id, claim, reason)
     WHERE d.id = r.id AND d.claim = r.claim`,
    [
      rows.map(({ id }) => id),
      rows.map(({ claim }) => claim),
      rows.map(({ address }) => reasons.get(address)),
      now,
    ],
  )
}
