/** A new mail for somebody who holds a link that no longer works. */
import type { Evidence } from '../evidence.js'
import { inTransaction } from '../../db/client.js'
import { oweMail } from '../../mail/owe.js'
import { admitMail } from '../admission/guard.js'
import { defaultLimits } from '../admission/limits.js'
import type { MailPayload } from '../payload.js'
import { retrying } from '../retry.js'
import { type SignupRequest, type SubscribeServices, subscribe } from './subscribe.js'
import { hashToken } from '../tokens.js'

/**
 * Owes a new confirmation to the address that a `confirm` token was mailed to, with the wishes it had.
 * Of an unknown token nothing comes, and the caller is told the same.
 */
export async function renewConfirmation(
  services: SubscribeServices,
  token: string,
  evidence: Evidence,
): Promise<void> {
  const [row] = await services.db.sql<{ email: string; payload: Omit<SignupRequest, 'email'> | null }>(
    `SELECT s.email, t.payload FROM token t JOIN subscriber s ON s.id = t.subscriber_id
     WHERE t.hash = $1 AND t.kind = 'confirm'`,
    [hashToken(token)],
  )
  if (row) await subscribe(services, { ...row.payload, email: row.email }, evidence)
}

/** Owes a subscriber a mail with a fresh link to the preferences, as often as its address may be mailed. */
export async function renewPreferencesLink(services: SubscribeServices, subscriberId: number): Promise<void> {
  const at = services.clock.now()
  const payload: MailPayload = { about: 'preferences' }
  await retrying(() =>
    inTransaction(services.db, async (query) => {
      const [row] = await query<{ email: string; domain: string }>(
        `SELECT email, domain FROM subscriber WHERE id = $1 AND status IN ('active', 'unsubscribed')`,
        [subscriberId],
      )
      const limits = services.limits ?? defaultLimits
      if (!row || !(await admitMail(query, services.secrets, row, limits, at))) return
      await oweMail(query, { kind: 'notice', subscriberId, domain: row.domain, payload, dueAt: at })
    }),
  )
}
