/** A subscriber's move to another address, asked for in the preferences and confirmed from the new one. */
import type { Secrets } from '../../config/secrets.js'
import { type Db, inTransaction, type Query } from '../../db/client.js'
import { oweMail } from '../../mail/owe.js'
import { type AcceptServices, acceptAddress } from '../admission/accept-address.js'
import { type Evidence, recordConsent } from '../evidence.js'
import { admitMail } from '../admission/guard.js'
import { defaultLimits, type SignupLimits } from '../admission/limits.js'
import type { MailPayload } from '../payload.js'
import { retrying } from '../retry.js'
import { suppressionHashes } from '../leaving/suppress.js'
import { mintToken, tokenExpiry } from '../tokens.js'

type ChangeServices = AcceptServices & { db: Db; secrets: Secrets; limits?: SignupLimits }

/**
 * Owes the new address a mail whose link brings the change about. An address that is subscribed, suppressed
 * or mailed too often gets none, and the asker is told the same.
 * @throws Problem `unprocessable` for a text that is no address.
 */
export async function requestChange(
  services: ChangeServices,
  subscriberId: number,
  to: string,
): Promise<void> {
  const address = await acceptAddress(services, to)
  const at = services.clock.now()
  await retrying(() =>
    inTransaction(services.db, async (query) => {
      if (!(await admitMail(query, services.secrets, address, services.limits ?? defaultLimits, at))) return
      if (!(await mayMoveTo(query, services.secrets, address.email))) return
      await oweChange(query, services.secrets, subscriberId, address, at)
    }),
  )
}

async function mayMoveTo(query: Query, secrets: Secrets, email: string): Promise<boolean> {
  const found = await query(
    `SELECT 1 FROM subscriber WHERE email_key = lower($1)
     UNION ALL SELECT 1 FROM suppression WHERE email_key = lower($1) OR hash = ANY ($2::bytea[])`,
    [email, suppressionHashes(secrets, email)],
  )
  return found.length === 0
}

async function oweChange(
  query: Query,
  secrets: Secrets,
  subscriberId: number,
  address: { email: string; domain: string },
  at: Date,
): Promise<void> {
  const { sealed, hash } = mintToken(secrets)
  await query('SELECT id FROM subscriber WHERE id = $1 FOR NO KEY UPDATE', [subscriberId])
  await query(
    `UPDATE token SET replaced_at = $2
     WHERE subscriber_id = $1 AND kind = 'change' AND used_at IS NULL AND replaced_at IS NULL`,
    [subscriberId, at],
  )
  await query(
    `INSERT INTO token (hash, kind, subscriber_id, payload, created_at, expires_at)
     VALUES ($1, 'change', $2, $3, $4, $5)`,
    [hash, subscriberId, JSON.stringify(address), at, tokenExpiry(at)],
  )
  const payload: MailPayload = { about: 'change', token: sealed }
  await oweMail(query, {
    kind: 'confirmation',
    subscriberId,
    toAddress: address.email,
    domain: address.domain,
    payload,
    dueAt: at,
  })
}

/** Moves the subscriber and tells the old address. @returns false when the new one is somebody's already. */
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
  await oweMail(query, {
    kind: 'notice',
    subscriberId,
    toAddress: old.email,
    domain: old.domain,
    payload,
    dueAt: at,
  })
  await recordConsent(query, subscriberId, 'change', evidence, { at })
  return true
}
