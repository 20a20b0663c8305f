/** Confirming: one use of a mailed token moves its subscriber along the arrow that the token stands for. */
import type { Clock } from '../../clock.js'
import type { Secrets } from '../../config/secrets.js'
import type { Queries, Tx } from '../../db/client.js'
import { columnValues, type ColumnValue } from '../../db/queries/columns.js'
import { bytes, int, json, nullable, oneOf, timestamptz } from '../../db/queries/sql-types.js'
import { type RowOf, statement } from '../../db/queries/statement.js'
import { oweMail } from '../../mail/owe.js'
import { changeAddress } from '../preferences/change-address.js'
import { type Evidence, recordConsent } from '../evidence.js'
import { noteClick } from '../door/door.js'
import { liftErasure } from '../leaving/suppress.js'
import type { MailPayload } from '../payload.js'
import { hashToken } from '../tokens.js'
import { tokenPayload } from '../token-payload.js'

export type ConfirmServices = { clock: Clock; secrets: Secrets }

type TokenKind = ColumnValue<'token', 'kind'>

/** What a mailed token is worth; `taken`: the new address has got a subscriber of its own meanwhile. */
export type TokenState =
  | { state: 'live'; kind: TokenKind; subscriberId: number }
  | { state: 'used' | 'expired' | 'replaced'; kind: TokenKind; subscriberId: number }
  | { state: 'unknown' }

export type Confirmed =
  | { outcome: 'confirmed' | 'changed'; subscriberId: number }
  | { outcome: 'used' | 'expired' | 'replaced' | 'taken' | 'refused'; kind: TokenKind; subscriberId: number }
  | { outcome: 'unknown' }

/** Reads what a token is worth, and changes nothing. */
export async function inspectToken(db: Queries, clock: Clock, token: string): Promise<TokenState> {
  const row = await db.tables
    .selectFrom('token')
    .select(['kind', 'subscriber_id', 'used_at', 'replaced_at', 'expires_at'])
    .where('hash', '=', hashToken(token))
    .executeTakeFirst()
  if (!row) return { state: 'unknown' }
  const known = { kind: row.kind, subscriberId: row.subscriber_id }
  if (row.used_at) return { state: 'used', ...known }
  if (row.replaced_at) return { state: 'replaced', ...known }
  return { state: row.expires_at <= clock.now() ? 'expired' : 'live', ...known }
}

const useLiveToken = statement({
  text: `UPDATE token SET used_at = $2
    WHERE hash = $1 AND used_at IS NULL AND replaced_at IS NULL AND expires_at > $2
    RETURNING kind, subscriber_id AS "subscriberId", payload`,
  parameters: [bytes, timestamptz],
  columns: {
    kind: oneOf(columnValues.token.kind),
    subscriberId: int,
    payload: nullable(json(tokenPayload)),
  },
})

type Used = RowOf<typeof useLiveToken>

/** Uses the token, once; of many at the same time one confirms and the others find it used. */
export async function confirm(
  tx: Tx,
  { clock, secrets }: ConfirmServices,
  token: string,
  evidence: Evidence,
): Promise<Confirmed> {
  const at = clock.now()
  const hash = hashToken(token)
  // The subscriber is locked before the token, in the order that a sign-up takes them.
  await tx.tables
    .selectFrom('subscriber')
    .select('id')
    .where('id', '=', (token) => token.selectFrom('token').select('subscriber_id').where('hash', '=', hash))
    .forNoKeyUpdate()
    .execute()
  const [used] = await tx.run(useLiveToken, [hash, at])
  if (!used) return refusalOf(await inspectToken(tx, clock, token))
  const { kind, subscriberId } = used
  if (kind === 'change') {
    const moved = await changeAddress(tx, secrets, subscriberId, used.payload, evidence, at)
    return moved ? { outcome: 'changed', subscriberId } : { outcome: 'taken', kind, subscriberId }
  }
  const active = await activate(tx, secrets, used, evidence, at)
  return active ? { outcome: 'confirmed', subscriberId } : { outcome: 'refused', kind, subscriberId }
}

function refusalOf(state: TokenState): Confirmed {
  if (state.state === 'unknown') return { outcome: 'unknown' }
  const known = { kind: state.kind, subscriberId: state.subscriberId }
  // A token that is live after all was replaced and made anew between two statements: as good as replaced.
  return { outcome: state.state === 'live' ? 'replaced' : state.state, ...known }
}

async function activate(
  tx: Tx,
  secrets: Secrets,
  { subscriberId, payload: wishes }: Used,
  evidence: Evidence,
  at: Date,
): Promise<boolean> {
  const row = await tx.tables
    .updateTable('subscriber')
    .set({
      status: 'active',
      confirmed_at: at,
      unsubscribed_at: null,
      paused_until: null,
      updated_at: at,
      ...(wishes?.frequency && { frequency: wishes.frequency }),
      ...(wishes?.timezone && { timezone: wishes.timezone }),
    })
    .where('id', '=', subscriberId)
    .where('status', 'in', ['pending', 'unsubscribed'])
    .returning(['email', 'domain'])
    .executeTakeFirst()
  if (!row) return isStillThere(tx, secrets, subscriberId, evidence, at)
  await noteClick(tx, secrets, row)
  await liftErasure(tx, secrets, row.email)
  await recordConsent(tx, subscriberId, 'confirm', evidence, { at, source: wishes?.source ?? null })
  const payload: MailPayload = { about: 'welcome' }
  await oweMail(tx, { kind: 'welcome', subscriberId, domain: row.domain, payload, dueAt: at })
  return true
}

/** An active reader was mailed a confirmation since mail came back: the click shows that it arrives. */
async function isStillThere(
  tx: Tx,
  secrets: Secrets,
  subscriberId: number,
  evidence: Evidence,
  at: Date,
): Promise<boolean> {
  const row = await tx.tables
    .selectFrom('subscriber')
    .select(['email', 'domain'])
    .where('id', '=', subscriberId)
    .where('status', '=', 'active')
    .executeTakeFirst()
  if (!row) return false
  await noteClick(tx, secrets, row)
  await recordConsent(tx, subscriberId, 'confirm', evidence, { at })
  return true
}
