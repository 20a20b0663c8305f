/** Keys that let an operator's programs in: made, rotated, revoked, listed. */
import type { Query } from '../db/client.js'
import { inTransaction } from '../db/client.js'
import { Problem } from '../errors.js'
import type { Services } from '../services.js'
import { type Author, writeAudit } from './audit.js'
import { environmentKeyId, makeKey, maskKey } from './key-format.js'
import { allows, type GrantedScope } from './scopes.js'

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

/**
 * Made by another key, it ends with that one at the latest.
 * @returns the key itself, for the only time, and what is known of it from now on.
 * @throws Problem `forbidden` where the author is a key that does not hold what it would grant.
 */
export async function createKey(
  services: KeyServices,
  input: NewKey,
  author: Author,
): Promise<{ key: string; info: KeyInfo }> {
  return inTransaction(services.db, async (query) => {
    const grantor = await grantorOf(services, query, author)
    const expiresAt = input.expiresAt ?? grantor.expiresAt
    requireHeld(grantor, { scopes: input.scopes, expiresAt })
    return insertKey(services, query, { ...input, expiresAt }, null, author)
  })
}

/**
 * Makes a key with the same name, scopes and end. The old one stays valid for so many seconds, so that its
 * holders can be changed over one by one.
 * @throws Problem `not-found`, `conflict` for a key that is no longer valid, `forbidden` where the author is a
 * key that does not hold what this one does.
 */
export async function rotateKey(
  services: KeyServices,
  id: string,
  graceSeconds: number,
  author: Author,
): Promise<{ key: string; info: KeyInfo }> {
  return inTransaction(services.db, async (query) => {
    const old = await lockKey(services, query, id)
    requireHeld(await grantorOf(services, query, author), old)
    if (old.state !== 'valid') throw new Problem('conflict', `Key ${old.masked} is ${old.state}.`)
    const until = new Date(services.clock.now().getTime() + graceSeconds * 1000)
    const made = await insertKey(services, query, old, id, author)
    await query('UPDATE api_key SET expires_at = least(expires_at, $2::timestamptz) WHERE id = $1', [
      id,
      until,
    ])
    return made
  })
}

/**
 * Ends a key at once: the next request with it is refused. Revoking twice is the same as once.
 * @throws Problem `not-found`, or `forbidden` where the author is a key without the scopes of this one.
 */
export async function revokeKey(services: KeyServices, id: string, author: Author): Promise<KeyInfo> {
  return inTransaction(services.db, async (query) => {
    const key = await lockKey(services, query, id)
    requireScopes(await grantorOf(services, query, author), key.scopes)
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

/** What an author may pass on, and until when. */
type Grantor = Pick<KeyInfo, 'scopes' | 'expiresAt'>

/** Whoever sits at the machine, or holds the key of its environment, may pass on everything. */
async function grantorOf(services: KeyServices, query: Query, { who }: Author): Promise<Grantor> {
  const id = /^key:(.*)$/.exec(who)?.[1]
  if (id === undefined || id === environmentKeyId) return { scopes: ['*'], expiresAt: null }
  const [row] = await query<KeyRow>(`SELECT ${columns} FROM api_key WHERE id = $1`, [id])
  const key = row && infoOf(row, services.clock.now())
  if (key?.state !== 'valid') throw new Problem('forbidden', 'The key that asks for this has ended.')
  return key
}

/** Nobody passes on, takes over or ends what they do not hold. */
function requireScopes(grantor: Grantor, scopes: GrantedScope[]): void {
  const missing = scopes.filter((scope) => !allows(grantor.scopes, scope))
  if (missing.length === 0) return
  throw new Problem(
    'forbidden',
    `This key does not hold ${missing.join(', ')} and can neither grant nor end it.`,
  )
}

function requireHeld(grantor: Grantor, granted: Grantor): void {
  requireScopes(grantor, granted.scopes)
  if (grantor.expiresAt === null || (granted.expiresAt && granted.expiresAt <= grantor.expiresAt)) return
  throw new Problem('forbidden', 'This key ends sooner than the one that it would grant.')
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
