/** The one way from the ledger to the composer: what is due, without who is suppressed or has nothing left to get. */
import { isNothing } from '../../editions/personal/pool/orders.js'
import { suppressedByHash } from '../../subscribers/leaving/suppress.js'
import { type ClaimRequest, type ClaimResult, claimDue } from './claim.js'
import type { Claimed, Sending } from '../ledger/delivery.js'
import { type Barred, leaveOut } from './leave-out.js'

/**
 * Claims like {@link claimDue}, which passes over addresses that the list names, and then leaves out those that
 * it knows by their keyed hash alone, as it does erased ones, and readers who had or mute every paper. Of all kinds only alerts, which an operator asked
 * for, are not asked about; and whoever was erased and signs up anew is asked to confirm it.
 */
export async function claimMailable(
  { db, secrets }: Pick<Sending, 'db' | 'secrets'>,
  request: ClaimRequest,
): Promise<ClaimResult> {
  const { claimed, more } = await claimDue(db, request)
  const asked = claimed.filter(({ kind }) => kind !== 'alert').map(({ address }) => address)
  const reasons = await suppressedByHash(db, secrets, asked)
  const barred: Barred[] = claimed.flatMap((mail) => {
    const reason = mail.kind === 'alert' ? undefined : reasons.get(mail.address)
    if (reason !== undefined && !(reason === 'erased' && asksAnew(mail)))
      return [{ mail, reason: `suppressed: ${reason}` }]
    return mail.personal && isNothing(mail.personal.order) ? [{ mail, reason: 'nothing new for them' }] : []
  })
  if (barred.length === 0) return { claimed, more }
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
