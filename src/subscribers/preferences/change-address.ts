/** A subscriber's move to another address, asked for in the preferences and confirmed from the new one. */
import type { Secrets } from '../../config/secrets.js'
import { type Db, inTransaction, type Query } from '../../db/client.js'
import { Problem } from '../../errors.js'
import { noteLeftOut, oweMail } from '../../mail/owe.js'
import { type AcceptServices, acceptAddress } from '../admission/accept-address.js'
import type { Address } from '../address.js'
import { addressLeft, type Passage, passDoor, type Refused, refuse } from '../door/door.js'
import { defaultLimits, type SignupLimits } from '../door/limits.js'
import { type Evidence, recordConsent } from '../evidence.js'
import type { MailPayload } from '../payload.js'
import { retrying } from '../retry.js'
import { suppressionHashes } from '../leaving/suppress.js'
import { mintToken, tokenExpiry } from '../tokens.js'

type ChangeServices = AcceptServices & { db: Db; secrets: Secrets; limits?: SignupLimits }

/**
 * Owes the new address a mail whose link brings the change about. An address that is subscribed, suppressed
 * or mailed too often gets none; the asker is told the same, and finds the same among what is kept of them.
 * @throws Problem `unprocessable` for a text that is no address, `too-many-requests` for whoever asks too
 * often, `gone` when there is no such subscriber.
 */
export async function requestChange(
  services: ChangeServices,
  subscriberId: number,
  to: string,
  evidence: Evidence,
): Promise<void> {
  const address = await acceptAddress(services, to)
  const at = services.clock.now()
  const door = { secrets: services.secrets, limits: services.limits ?? defaultLimits }
  const refused = await retrying(() =>
    inTransaction(services.db, async (query): Promise<Refused | null> => {
      const passage = await passDoor(query, door, address, { reader: subscriberId, ip: evidence.ip }, at)
      if (passage.state === 'refused') return passage.by
      await askFor(query, services.secrets, subscriberId, address, passage, at)
      return null
    }),
  )
  // Whoever has come by a link of ours is asked for no proof of work.
  if (refused) refuse(refused === 'prove' ? 'all' : refused, at)
}

async function mayMoveTo(query: Query, secrets: Secrets, email: string): Promise<boolean> {
  const found = await query(
    `SELECT 1 FROM subscriber WHERE email_key = lower($1)
     UNION ALL SELECT 1 FROM suppression WHERE email_key = lower($1) OR hash = ANY ($2::bytea[])`,
    [email, suppressionHashes(secrets, email)],
  )
  return found.length === 0
}

/** The same rows whatever is known of the address; those of a mail that is not sent do not name it. */
async function askFor(
  query: Query,
  secrets: Secrets,
  subscriberId: number,
  { email, domain }: Address,
  passage: Exclude<Passage, { state: 'refused' }>,
  at: Date,
): Promise<void> {
  const known = await query('SELECT id FROM subscriber WHERE id = $1 FOR NO KEY UPDATE', [subscriberId])
  if (known.length === 0) throw new Problem('gone', 'There is no such subscription any more.')
  const free = await mayMoveTo(query, secrets, email)
  const { sealed, hash } = mintToken(secrets)
  await query(
    `UPDATE token SET replaced_at = $2
     WHERE subscriber_id = $1 AND kind = 'change' AND used_at IS NULL AND replaced_at IS NULL`,
    [subscriberId, at],
  )
  const open = free && passage.state === 'open'
  await query(
    `INSERT INTO token (hash, kind, subscriber_id, payload, created_at, expires_at)
     VALUES ($1, 'change', $2, $3, $4, $5)`,
    [hash, subscriberId, open ? JSON.stringify({ email, domain }) : null, at, tokenExpiry(at)],
  )
  const payload: MailPayload = { about: 'change', token: sealed }
  if (open) {
    await oweMail(query, { kind: 'confirmation', subscriberId, to: passage.to, payload, dueAt: at })
  } else {
    const reason = free ? 'mailed often enough' : 'subscribed or suppressed'
    await noteLeftOut(query, { kind: 'confirmation', subscriberId, domain, reason, at })
  }
}

/** Moves the subscriber, ends what was mailed to the old address and tells it. @returns false when the new one is somebody's already. */
export async function changeAddress(
  query: Query,
  { secrets }: { secrets: Secrets },
  subscriberId: number,
  to: Record<string, string> | null,
  evidence: Evidence,
  at: Date,
): Promise<boolean> {
  const { email = '', domain = '' } = to ?? {}
  if (!(await mayMoveTo(query, secrets, email))) return false
  const [old] = await query<{ email: string; domain: string }>(
    'SELECT email, domain FROM subscriber WHERE id = $1',
    [subscriberId],
  )
  const payload: MailPayload = { about: 'moved' }
  if (!old) return false
  await query(
    `UPDATE subscriber SET email = $2, email_key = lower($2), domain = $3, updated_at = $4 WHERE id = $1`,
    [subscriberId, email, domain, at],
  )
  await endLinks(query, subscriberId, at)
  await oweMail(query, {
    kind: 'notice',
    subscriberId,
    to: addressLeft(old),
    payload,
    dueAt: at,
  })
  await recordConsent(query, subscriberId, 'change', evidence, { at })
  return true
}

/**
 * Links that were mailed up to now open nothing any more, buttons that wait to be pressed do nothing. Links to
 * leave stay good: nobody is to look for a way out.
 */
export async function endLinks(query: Query, subscriberId: number, at: Date): Promise<void> {
  await query('UPDATE subscriber SET epoch = epoch + 1, updated_at = $2 WHERE id = $1', [subscriberId, at])
  await query(
    `UPDATE token SET replaced_at = $2
     WHERE subscriber_id = $1 AND used_at IS NULL AND replaced_at IS NULL`,
    [subscriberId, at],
  )
}
