/** Keys that let an operator's programs in: made, rotated, revoked, listed. */
import type { Queries, Tx } from '../../db/client.js'
import type { Clock } from '../../clock.js'
import { Problem } from '../../errors.js'
import { type Author, writeAudit } from '../audit.js'
import { environmentKeyId, makeKey, maskKey } from './key-format.js'
import { allows, type GrantedScope, isGrantedScope } from './scopes.js'

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

type MadeKey = { key: string; info: KeyInfo }

/**
 * Made by another key, it ends with that one at the latest.
 * @returns the key itself, for the only time, and what is known of it from now on.
 * @throws Problem `forbidden` where the author is a key that does not hold what it would grant.
 */
export async function createKey(tx: Tx, clock: Clock, input: NewKey, author: Author): Promise<MadeKey> {
  const grantor = await grantorOf(tx, clock, author)
  const expiresAt = input.expiresAt ?? grantor.expiresAt
  requireHeld(grantor, { scopes: input.scopes, expiresAt })
  return insertKey(tx, clock, { ...input, expiresAt }, null, author)
}

/**
 * Makes a key with the same name, scopes and end. The old one stays valid for so many seconds, so that its
 * holders can be changed over one by one.
 * @throws Problem `not-found`, `conflict` for a key that is no longer valid, `forbidden` where the author is a
 * key that does not hold what this one does.
 */
export async function rotateKey(
  tx: Tx,
  clock: Clock,
  id: string,
  graceSeconds: number,
  author: Author,
): Promise<MadeKey> {
  const old = await lockKey(tx, clock, id)
  requireHeld(await grantorOf(tx, clock, author), old)
  if (old.state !== 'valid') throw new Problem('conflict', `Key ${old.masked} is ${old.state}.`)
  const until = new Date(clock.now().getTime() + graceSeconds * 1000)
  const made = await insertKey(tx, clock, old, id, author)
  if (!old.expiresAt || old.expiresAt > until) {
    await tx.models.apiKey.update({ where: { id }, data: { expiresAt: until } })
  }
  return made
}

/**
 * Ends a key at once: the next request with it is refused. Revoking twice is the same as once.
 * @throws Problem `not-found`, or `forbidden` where the author is a key without the scopes of this one.
 */
export async function revokeKey(tx: Tx, clock: Clock, id: string, author: Author): Promise<KeyInfo> {
  const key = await lockKey(tx, clock, id)
  requireScopes(await grantorOf(tx, clock, author), key.scopes)
  if (key.revokedAt) return key
  const revokedAt = clock.now()
  await tx.models.apiKey.update({ where: { id }, data: { revokedAt } })
  await writeAudit(tx, clock, author, { action: 'key.revoked', target: `key:${id}` })
  return { ...key, revokedAt, state: 'revoked' }
}

/** Every key that ever was, the newest first. */
export async function listKeys(db: Queries, clock: Clock): Promise<KeyInfo[]> {
  const rows = await db.models.apiKey.findMany({
    omit: { hash: true },
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
  })
  return rows.map((row) => infoOf(row, clock.now()))
}

/** What an author may pass on, and until when. */
type Grantor = Pick<KeyInfo, 'scopes' | 'expiresAt'>

/** Whoever sits at the machine, or holds the key of its environment, may pass on everything. */
async function grantorOf(db: Queries, clock: Clock, { who }: Author): Promise<Grantor> {
  const id = /^key:(.*)$/.exec(who)?.[1]
  if (id === undefined || id === environmentKeyId) return { scopes: ['*'], expiresAt: null }
  const row = await db.models.apiKey.findUnique({ omit: { hash: true }, where: { id } })
  const key = row && infoOf(row, clock.now())
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
  tx: Tx,
  clock: Clock,
  { name, scopes, expiresAt = null }: NewKey,
  replaces: string | null,
  author: Author,
): Promise<MadeKey> {
  const now = clock.now()
  if (expiresAt && expiresAt <= now) throw new Problem('unprocessable', 'The key would have expired already.')
  const { id, key, hash } = makeKey()
  const row = await tx.models.apiKey.create({
    omit: { hash: true },
    data: { id, name, hash, scopes, replaces, expiresAt, createdAt: now },
  })
  const action = replaces ? 'key.rotated' : 'key.created'
  const after = { name, scopes, expiresAt, replaces }
  await writeAudit(tx, clock, author, { action, target: `key:${id}`, after })
  return { key, info: infoOf(row, now) }
}

async function lockKey(tx: Tx, clock: Clock, id: string): Promise<KeyInfo> {
  const row = await tx.tables
    .selectFrom('api_key')
    .select(['id', 'name', 'scopes', 'replaces', 'created_at as createdAt', 'expires_at as expiresAt'])
    .select(['last_used_at as lastUsedAt', 'revoked_at as revokedAt'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw new Problem('not-found', 'There is no such key.')
  return infoOf(row, clock.now())
}

type KeyRow = Omit<KeyInfo, 'masked' | 'state' | 'scopes'> & { scopes: string[] }

function infoOf(row: KeyRow, now: Date): KeyInfo {
  const expired = row.expiresAt !== null && row.expiresAt <= now
  const state = row.revokedAt ? 'revoked' : expired ? 'expired' : 'valid'
  return { ...row, scopes: row.scopes.filter(isGrantedScope), masked: maskKey(row.id), state }
}
