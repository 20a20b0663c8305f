/** The keys that links and hashes are made with: newest first, each known by a short id. */
import { createHash, hkdfSync, randomBytes, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from './config.js'
import { makeDataDir } from './data-dir.js'

export type SecretKey = { id: string; bytes: Buffer }

/** The first key signs; all of them verify. Never empty. */
export type Secrets = { keys: [SecretKey, ...SecretKey[]] }

/** Secrets from SECRET_KEY (comma-separated, newest first), otherwise one made once and kept in DATA_DIR. */
export async function readSecrets(config: Config): Promise<Secrets> {
  return secretsOf(config.secretKey ?? (await keptSecret(config.dataDir)))
}

/** Secrets of a comma-separated list. A key's id is public: it shows nothing of the key. */
export function secretsOf(list: string): Secrets {
  const [first, ...others] = list.split(',').map((part) => keyOf(part.trim()))
  if (!first) throw new RangeError('no secret key')
  return { keys: [first, ...others] }
}

function keyOf(secret: string): SecretKey {
  const id = createHash('sha256').update(`key id:${secret}`).digest('base64url').slice(0, 6)
  return { id, bytes: Buffer.from(secret, 'utf8') }
}

/** A key of 32 bytes for one purpose (RFC 5869), so that a signature for one is nothing for another. */
export function deriveKey(key: SecretKey, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key.bytes, '', `daily-papers ${purpose}`, 32))
}

async function keptSecret(dataDir: string): Promise<string> {
  const path = join(dataDir, 'secret-key')
  const draft = `${path}.${randomUUID()}`
  await makeDataDir(dataDir)
  if (!existsSync(path)) {
    await writeFile(draft, randomBytes(32).toString('base64url'), { mode: 0o600 })
    // A link appears whole or not at all, and lets exactly one of two first starts make the key.
    await link(draft, path).catch(unlessThere)
    await unlink(draft)
  }
  return (await readFile(path, 'utf8')).trim()
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}
