/** Who a presented key belongs to. */
import { timingSafeEqual } from 'node:crypto'
import type { Services } from '../../../services.js'
import { hashOf, idOf } from '../../../operations/key-format.js'
import type { GrantedScope } from '../../../operations/scopes.js'

export type KeyHolder = { id: string; name: string; scopes: GrantedScope[] }

/** The id under which ADMIN_KEY of the environment is known; no stored key has it. */
const environmentKeyId = 'ADMIN_KEY'

type VerifyServices = Pick<Services, 'db' | 'clock'> & { config: Pick<Services['config'], 'adminKey'> }

/** @returns undefined for a key that is unknown, expired or revoked: the caller is not told which. */
export async function verifyKey(services: VerifyServices, presented: string): Promise<KeyHolder | undefined> {
  const hash = hashOf(presented)
  const { adminKey } = services.config
  if (adminKey && timingSafeEqual(hash, hashOf(adminKey))) {
    return { id: environmentKeyId, name: environmentKeyId, scopes: ['*'] }
  }
  const id = idOf(presented)
  return id === undefined ? undefined : verifyStored(services, id, hash)
}

type StoredKey = KeyHolder & { hash: Buffer; stale: boolean }

/** A holder known by id only, such as that of a session; undefined once the key has ended. */
export async function findHolder(services: VerifyServices, id: string): Promise<KeyHolder | undefined> {
  if (id === environmentKeyId && services.config.adminKey) return { id, name: id, scopes: ['*'] }
  const found = await readValid(services, id)
  return found && { id: found.id, name: found.name, scopes: found.scopes }
}

async function verifyStored(
  services: VerifyServices,
  id: string,
  hash: Buffer,
): Promise<KeyHolder | undefined> {
  const found = await readValid(services, id)
  if (!found || !timingSafeEqual(found.hash, hash)) return undefined
  // Once a minute is enough to know a forgotten key, and spares a write with every request.
  if (found.stale) {
    await services.db.sql('UPDATE api_key SET last_used_at = $2 WHERE id = $1', [id, services.clock.now()])
  }
  return { id: found.id, name: found.name, scopes: found.scopes }
}

async function readValid(services: VerifyServices, id: string): Promise<StoredKey | undefined> {
  const [row] = await services.db.sql<StoredKey>(
    `SELECT id, name, scopes, hash,
            last_used_at IS NULL OR last_used_at < $2::timestamptz - interval '1 minute' AS stale
     FROM api_key WHERE id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)`,
    [id, services.clock.now()],
  )
  return row
}
