/** The one way from the ledger to the composer: what is due, without who is suppressed or has nothing left to get. */
import { isNothing } from '../../editions/personal/pool/orders.js'
import type { Secrets } from '../../config/secrets.js'
import type { Db, Queries } from '../../db/client.js'
import { suppressedByHash } from '../../subscribers/leaving/listed.js'
import { type ClaimRequest, type ClaimResult, claimDue, claimWithin } from './claim.js'
import type { Claimed, Sending } from '../ledger/delivery.js'
import { type Barred, endRows, leaveOut } from './leave-out.js'

/**
 * Claims like {@link claimDue}, which passes over addresses that the list names. Then it leaves out those that the
 * list knows by their keyed hash alone, as it does erased ones, and readers who have had or mute every paper. Alerts
 * are exempt: an operator asked for them. Whoever was erased and signs up anew still gets the mail that asks them to
 * confirm.
 */
export async function claimMailable(
  { db, secrets }: Pick<Sending, 'db' | 'secrets'>,
  request: ClaimRequest,
): Promise<ClaimResult> {
  const { claimed, more } = await claimDue(db, request)
  const barred = await findBarred(db, secrets, claimed)
  if (barred.length > 0) await leaveOut(db, barred, request.now)
  return { claimed: without(claimed, barred), more }
}

/**
 * Claims one row, of the mails that somebody waits for, in the transaction that writes it, so that no worker is
 * quicker. @returns undefined where it may not be mailed, or not yet.
 */
export async function claimOwed(
  tx: Queries,
  { db: { witness }, secrets }: { db: Pick<Db, 'witness'>; secrets: Secrets },
  id: string,
  terms: Omit<ClaimRequest, 'editionId' | 'only' | 'limit'>,
): Promise<Claimed | undefined> {
  const { claimed } = await claimWithin(tx, witness, { ...terms, editionId: null, only: id, limit: 1 })
  const barred = await findBarred(tx, secrets, claimed)
  await endRows(tx, barred, terms.now)
  return without(claimed, barred)[0]
}

async function findBarred(db: Queries, secrets: Secrets, claimed: Claimed[]): Promise<Barred[]> {
  const asked = claimed.filter(({ kind }) => kind !== 'alert').map(({ address }) => address)
  const reasons = await suppressedByHash(db, secrets, asked)
  return claimed.flatMap((mail) => {
    const reason = mail.kind === 'alert' ? undefined : reasons.get(mail.address)
    if (reason !== undefined && !(reason === 'erased' && asksAnew(mail)))
      return [{ mail, reason: `suppressed: ${reason}` }]
    return mail.personal && isNothing(mail.personal.order) ? [{ mail, reason: 'nothing new for them' }] : []
  })
}

function without(claimed: Claimed[], barred: Barred[]): Claimed[] {
  if (barred.length === 0) return claimed
  const gone = new Set(barred.map(({ mail }) => mail))
  return claimed.filter((mail) => !gone.has(mail))
}

const asksAnew = ({ kind, payload }: Claimed): boolean =>
  kind === 'confirmation' &&
  typeof payload === 'object' &&
  payload !== null &&
  'about' in payload &&
  payload.about === 'signup'
