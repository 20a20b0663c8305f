/** The one way from the ledger to the composer: what is due, without those who are on the list of suppressions. */
import { suppressedByHash } from '../../subscribers/leaving/suppress.js'
import { type ClaimRequest, type ClaimResult, claimDue } from './claim.js'
import type { Claimed, Sending } from '../ledger/delivery.js'
import { type Barred, leaveOut } from './leave-out.js'

/**
 * Claims like {@link claimDue}, which passes over addresses that the list names, and then leaves out those that
 * it knows by their keyed hash alone, as it does erased ones. Of all kinds only alerts, which an operator asked
 * for, are not asked about; and whoever was erased and signs up anew is asked to confirm it.
 */
export async function claimMailable(
  { db, secrets }: Pick<Sending, 'db' | 'secrets'>,
  request: ClaimRequest,
): Promise<ClaimResult> {
  const { claimed, more } = await claimDue(db, request)
  const asked = claimed.filter(({ kind }) => kind !== 'alert').map(({ address }) => address)
  const reasons = await suppressedByHash(db, secrets, asked)
  if (reasons.size === 0) return { claimed, more }
  const barred: Barred[] = claimed.flatMap((mail) => {
    const reason = mail.kind === 'alert' ? undefined : reasons.get(mail.address)
    return reason === undefined || (reason === 'erased' && asksAnew(mail))
      ? []
      : [{ mail, reason: `suppressed: ${reason}` }]
  })
  await leaveOut(db, barred, request.now)
  const gone = new Set(barred.map(({ mail }) => mail))
  return { claimed: claimed.filter((mail) => !gone.has(mail)), more }
}

const asksAnew = ({ kind, payload }: Claimed): boolean =>
  kind === 'confirmation' &&
  typeof payload === 'object' &&
  payload !== null &&
  'about' in payload &&
  payload.about === 'signup'
