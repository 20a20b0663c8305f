/** A new mail for somebody who holds a link that no longer works. */
import type { Evidence } from '../evidence.js'
import type { Tx } from '../../db/client.js'
import { bytes, json, nullable, text } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { oweMail } from '../../mail/owe.js'
import { passDoor, type Refused, refuse } from '../door/door.js'
import { defaultLimits } from '../door/limits.js'
import type { MailPayload } from '../payload.js'
import { type SubscribeServices, subscribe } from './subscribe.js'
import { tokenPayload } from '../token-payload.js'
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
  const [row] = await services.db.run(confirmationOf, [hashToken(token)])
  if (row) await subscribe(services, { ...row.wishes, email: row.email }, evidence)
}

const confirmationOf = statement({
  text: `SELECT s.email, t.payload AS wishes FROM token t JOIN subscriber s ON s.id = t.subscriber_id
    WHERE t.hash = $1 AND t.kind = 'confirm'`,
  parameters: [bytes],
  columns: { email: text, wishes: nullable(json(tokenPayload)) },
})

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
  const refused = await services.db.transaction('request', (tx) =>
    oweLink(tx, services, subscriberId, evidence, at),
  )
  if (refused) refuse(refused, at)
}

async function oweLink(
  tx: Tx,
  { secrets, limits = defaultLimits }: Pick<SubscribeServices, 'secrets' | 'limits'>,
  subscriberId: number,
  evidence: Evidence,
  at: Date,
): Promise<Refused | null> {
  const reader = await tx.tables
    .selectFrom('subscriber')
    .select(['email', 'domain'])
    .where('id', '=', subscriberId)
    .where('status', 'in', ['active', 'unsubscribed'])
    .executeTakeFirst()
  if (!reader) return null
  const asker = { reader: subscriberId, ip: evidence.ip }
  const passage = await passDoor(tx, { secrets, limits }, reader, asker, at)
  if (passage.state === 'refused') return passage.by
  if (passage.state === 'quiet') return null
  const payload: MailPayload = { about: 'preferences' }
  await oweMail(tx, { kind: 'notice', subscriberId, domain: reader.domain, payload, dueAt: at })
  return null
}
