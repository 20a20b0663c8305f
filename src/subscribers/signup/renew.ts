/** A new mail for somebody who holds a link that no longer works. */
import type { Evidence } from '../evidence.js'
import { inTransaction } from '../../db/client.js'
import { oweMail } from '../../mail/owe.js'
import { passDoor, type Refused, refuse } from '../door/door.js'
import { defaultLimits } from '../door/limits.js'
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

/**
 * Owes a subscriber a mail with a fresh link to the preferences, as often as its address may be mailed.
 * @throws Problem `too-many-requests` for whoever asks too often.
 */
export async function renewPreferencesLink(
  services: SubscribeServices,
  subscriberId: number,
  evidence: Evidence,
): Promise<void> {
  const at = services.clock.now()
  const payload: MailPayload = { about: 'preferences' }
  const refused = await retrying(() =>
    inTransaction(services.db, async (query): Promise<Refused | null> => {
      const [row] = await query<{ email: string; domain: string }>(
        `SELECT email, domain FROM subscriber WHERE id = $1 AND status IN ('active', 'unsubscribed')`,
        [subscriberId],
      )
      if (!row) return null
      const asker = { reader: subscriberId, ip: evidence.ip }
      const door = { secrets: services.secrets, limits: services.limits ?? defaultLimits }
      const passage = await passDoor(query, door, row, asker, at)
      if (passage.state === 'refused') return passage.by
      if (passage.state === 'open') {
        await oweMail(query, { kind: 'notice', subscriberId, domain: row.domain, payload, dueAt: at })
      }
      return null
    }),
  )
  if (refused) refuse(refused, at)
}
