/** Keys that let an operator's programs in: made, rotated, revoked, listed. */
import type { Query } from '../db/client.js'
import { inTransaction } from '../db/client.js'
import { Problem } from '../errors.js'
import type { Services } from '../services.js'
import { type Author, writeAudit } from './audit.js'
import { makeKey, maskKey } from './key-format.js'
import type { GrantedScope } from './scopes.js'

export type KeyInfo = {
  id: string
  name: string
  /** `dp_1a2b3c4d…`: the rest is known to nobody but its holder. */
  masked: string
  scopes: GrantedScope[]
  /** The id of the key that this one takes over from. */
  replaces: string | null
  createdAt: Date
  expiresAt: Date | null
  lastUsedAt: Date | null
  revokedAt: Date | null
  state: 'valid' | 'expired' | 'revoked'
}

export type NewKey = { name: string; scopes: GrantedScope[]; expiresAt?: Date | null }

type KeyServices = Pick<Services, 'db' | 'clock'>

/** @returns the key itself, for the only time, and what is known of it from now on. */
export async function createKey(
  services: KeyServices,
  input: NewKey,
  author: Author,
): Promise<{ key: string; info: KeyInfo }> {
  return inTransaction(services.db, (query) => insertKey(services, query, input, null, author))
}

/**
 * Makes a key with the same name and scopes. The old one stays valid for so many seconds, so that its
 * holders can be changed over one by one.
 * @throws Problem `not-found`, or `conflict` for a key that is no longer valid.
 */
export async function rotateKey(
  services: KeyServices,
  id: string,
  graceSeconds: number,
  author: Author,
): Promise<{ key: string; info: KeyInfo }> {
  return inTransaction(services.db, async (query) => {
    const old = await lockKey(services, query, id)
    if (old.state !== 'valid') throw new Problem('conflict', `Key ${old.masked} is ${old.state}.`)
    const until = new Date(services.clock.now().getTime() + graceSeconds * 1000)
    const made = await insertKey(services, query, { ...old, expiresAt: null }, id, author)
    await query('UPDATE api_key SET expires_at = least(expires_at, $2::timestamptz) WHERE id = $1', [
      id,
      until,
    ])
    return made
  })
}

/**
 * Ends a key at once: the next request with it is refused. Revoking twice is the same as once.
 * @throws Problem `not-found`.
 */
export async function revokeKey(services: KeyServices, id: string, author: Author): Promise<KeyInfo> {
  return inTransaction(services.db, async (query) => {
    const key = await lockKey(services, query, id)
    if (key.revokedAt) return key
    const revokedAt = services.clock.now()
    await query('UPDATE api_key SET revoked_at = $2 WHERE id = $1', [id, revokedAt])
    await writeAudit(query, services.clock, author, { action: 'key.revoked', target: `key:${id}` })
    return { ...key, revokedAt, state: 'revoked' }
  })
}

/** Every key that ever was, the newest first. */
export async function listKeys(services: KeyServices): Promise<KeyInfo[]> {
  const rows = await services.db.sql<KeyRow>(`SELECT ${columns} FROM api_key ORDER BY created_at DESC, id`)
  return rows.map((row) => infoOf(row, services.clock.now()))
}

async function insertKey(
  services: KeyServices,
  query: Query,
  input: NewKey,
  replaces: string | null,
  author: Author,
): Promise<{ key: string; info: KeyInfo }> {
  const now = services.clock.now()
  const expiresAt = input.expiresAt ?? null
  if (expiresAt && expiresAt <= now) throw new Problem('unprocessable', 'The key would have expired already.')
  const made = makeKey()
  const [row] = await query<KeyRow>(
    `INSERT INTO api_key (id, name, hash, scopes, replaces, expires_at, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${columns}`,
    [made.id, input.name, made.hash, input.scopes, replaces, expiresAt, now],
  )
  if (!row) throw new Error('the key was not stored')
  const after = { name: input.name, scopes: input.scopes, expiresAt, replaces }
  const action = replaces ? 'key.rotated' : 'key.created'
  await writeAudit(query, services.clock, author, { action, target: `key:${made.id}`, after })
  return { key: made.key, info: infoOf(row, now) }
}

async function lockKey(services: KeyServices, query: Query, id: string): Promise<KeyInfo> {
  const [row] = await query<KeyRow>(`SELECT ${columns} FROM api_key WHERE id = $1 FOR UPDATE`, [id])
  if (!row) throw new Problem('not-found', 'There is no such key.')
  return infoOf(row, services.clock.now())
}

const columns = `id, name, scopes, replaces, created_at AS "createdAt", expires_at AS "expiresAt",
  last_used_at AS "lastUsedAt", revoked_at AS "revokedAt"`

type KeyRow = Omit<KeyInfo, 'masked' | 'state'>

function infoOf(row: KeyRow, now: Date): KeyInfo {
  const expired = row.expiresAt !== null && row.expiresAt <= now
  const state = row.revokedAt ? 'revoked' : expired ? 'expired' : 'valid'
  return { ...row, masked: maskKey(row.id), state }
}
