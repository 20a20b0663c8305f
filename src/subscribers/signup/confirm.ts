/** Confirming: one use of a mailed token moves its subscriber along the arrow that the token stands for. */
import type { Clock } from '../../clock.js'
import type { Secrets } from '../../config/secrets.js'
import { type Db, inTransaction, type Query } from '../../db/client.js'
import { oweMail } from '../../mail/owe.js'
import { changeAddress } from '../preferences/change-address.js'
import { type Evidence, recordConsent } from '../evidence.js'
import { noteClick } from '../door/door.js'
import type { MailPayload } from '../payload.js'
import { retrying } from '../retry.js'
import { hashToken } from '../tokens.js'

export type ConfirmServices = { db: Db; clock: Clock; secrets: Secrets }

type TokenKind = 'confirm' | 'change'

/** What a mailed token is worth; `taken`: the new address has got a subscriber of its own meanwhile. */
export type TokenState =
  | { state: 'live'; kind: TokenKind; subscriberId: number }
  | { state: 'used' | 'expired' | 'replaced'; kind: TokenKind; subscriberId: number }
  | { state: 'unknown' }

export type Confirmed =
  | { outcome: 'confirmed' | 'changed'; subscriberId: number }
  | { outcome: 'used' | 'expired' | 'replaced' | 'taken' | 'refused'; kind: TokenKind; subscriberId: number }
  | { outcome: 'unknown' }

type TokenRow = {
  kind: TokenKind
  subscriber_id: number
  used_at: Date | null
  replaced_at: Date | null
  expires_at: Date
}

/** Reads what a token is worth, and changes nothing. */
export async function inspectToken(
  { db, clock }: Pick<ConfirmServices, 'db' | 'clock'>,
  token: string,
): Promise<TokenState> {
  return stateOf((text, values) => db.sql(text, values), token, clock.now())
}

async function stateOf(query: Query, token: string, at: Date): Promise<TokenState> {
  const [row] = await query<TokenRow>(
    'SELECT kind, subscriber_id, used_at, replaced_at, expires_at FROM token WHERE hash = $1',
    [hashToken(token)],
  )
  if (!row) return { state: 'unknown' }
  const known = { kind: row.kind, subscriberId: row.subscriber_id }
  if (row.used_at) return { state: 'used', ...known }
  if (row.replaced_at) return { state: 'replaced', ...known }
  return { state: row.expires_at <= at ? 'expired' : 'live', ...known }
}

/** Uses the token, once; of many at the same time one confirms and the others find it used. */
export async function confirm(
  services: ConfirmServices,
  token: string,
  evidence: Evidence,
): Promise<Confirmed> {
  const at = services.clock.now()
  return retrying(() => inTransaction(services.db, (query) => useToken(query, services, token, evidence, at)))
}

type Used = { kind: TokenKind; subscriber_id: number; payload: Record<string, string> | null }

async function useToken(
  query: Query,
  services: ConfirmServices,
  token: string,
  evidence: Evidence,
  at: Date,
): Promise<Confirmed> {
  // The subscriber is locked before the token, in the order that a sign-up takes them.
  await query(
    `SELECT id FROM subscriber WHERE id = (SELECT subscriber_id FROM token WHERE hash = $1) FOR NO KEY UPDATE`,
    [hashToken(token)],
  )
  const [used] = await query<Used>(
    `UPDATE token SET used_at = $2
     WHERE hash = $1 AND used_at IS NULL AND replaced_at IS NULL AND expires_at > $2
     RETURNING kind, subscriber_id, payload`,
    [hashToken(token), at],
  )
  if (!used) return refusalOf(await stateOf(query, token, at))
  const known = { kind: used.kind, subscriberId: used.subscriber_id }
  if (used.kind === 'change') {
    const moved = await changeAddress(query, services, known.subscriberId, used.payload, evidence, at)
    return moved ? { outcome: 'changed', subscriberId: known.subscriberId } : { outcome: 'taken', ...known }
  }
  const active = await activate(query, services.secrets, used, evidence, at)
  return active
    ? { outcome: 'confirmed', subscriberId: known.subscriberId }
    : { outcome: 'refused', ...known }
}

function refusalOf(state: TokenState): Confirmed {
  if (state.state === 'unknown') return { outcome: 'unknown' }
  const known = { kind: state.kind, subscriberId: state.subscriberId }
  // A token that is live after all was replaced and made anew between two statements: as good as replaced.
  return { outcome: state.state === 'live' ? 'replaced' : state.state, ...known }
}

async function activate(
  query: Query,
  secrets: Secrets,
  used: Used,
  evidence: Evidence,
  at: Date,
): Promise<boolean> {
  const wishes = used.payload ?? {}
  const [row] = await query<{ email: string; domain: string }>(
    `UPDATE subscriber SET status = 'active', confirmed_at = $2, unsubscribed_at = NULL, paused_until = NULL,
       updated_at = $2, frequency = coalesce($3, frequency), timezone = coalesce($4, timezone)
     WHERE id = $1 AND status IN ('pending', 'unsubscribed')
     RETURNING email, domain`,
    [used.subscriber_id, at, wishes['frequency'] ?? null, wishes['timezone'] ?? null],
  )
  if (!row) return false
  await noteClick(query, secrets, row)
  await recordConsent(query, used.subscriber_id, 'confirm', evidence, {
    at,
    source: wishes['source'] ?? null,
  })
  const payload: MailPayload = { about: 'welcome' }
  await oweMail(query, {
    kind: 'welcome',
    subscriberId: used.subscriber_id,
    domain: row.domain,
    payload,
    dueAt: at,
  })
  return true
}
