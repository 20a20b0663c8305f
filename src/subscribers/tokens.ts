/** Mailed secrets: 32 bytes nobody can guess, kept in the database as SHA-256 alone. */
import { createHash, randomFillSync } from 'node:crypto'
import type { Secrets } from '../config/secrets.js'
import { keyById, keyedHash } from './keys.js'

/**
 * What the ledger keeps of a token until its mail is composed: worth nothing without the secret key, and
 * the same token each time, so that a mail tried twice bears one link.
 */
export type SealedToken = { key: string; nonce: string }

export type MintedToken = { sealed: SealedToken; hash: Buffer }

/** Days after which a mailed secret no longer works. */
export const tokenDays = 7

export function mintToken(secrets: Secrets): MintedToken {
  const [key] = secrets.keys
  const sealed = { key: key.id, nonce: takeRandom().toString('base64url') }
  return { sealed, hash: hashToken(openToken(secrets, sealed) ?? '') }
}

// Asked for one by one, random bytes take as long as the rest of a token.
const pool = Buffer.alloc(32 * 128)
let taken = pool.length

/** 32 random bytes, never given out before; to be copied or written out at once. */
function takeRandom(): Buffer {
  if (taken === pool.length) {
    randomFillSync(pool)
    taken = 0
  }
  return pool.subarray(taken, (taken += 32))
}

/** The token as it is mailed: 43 characters of base64url; undefined when its key was given up. */
export function openToken(secrets: Secrets, sealed: SealedToken): string | undefined {
  const key = keyById(secrets, sealed.key)
  return key && keyedHash(key, 'mailed token', sealed.nonce).toString('base64url')
}

/** The key of its row. A plain hash will do: nobody can try 2^256 tokens. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

export function tokenExpiry(at: Date): Date {
  return new Date(at.getTime() + tokenDays * 86_400_000)
}
