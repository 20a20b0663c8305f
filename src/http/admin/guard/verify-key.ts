/** Who a presented key belongs to. */
import { timingSafeEqual } from 'node:crypto'
import type { SecretKey } from '../../../config/secrets.js'
import type { Services } from '../../../services.js'
import { keyedHash } from '../../../subscribers/keys.js'
import { environmentKeyId, hashOf, idOf } from '../../../operations/keys/key-format.js'
import { type GrantedScope, isGrantedScope } from '../../../operations/keys/scopes.js'

export type KeyHolder = { id: string; name: string; scopes: GrantedScope[] }

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

type StoredKey = KeyHolder & { hash: Uint8Array; stale: boolean }

type ReferenceServices = VerifyServices & Pick<Services, 'secrets'>

/** What a session keeps of its key: the id, and of ADMIN_KEY also which one it was. */
export function referenceOf({ config, secrets }: ReferenceServices, holder: KeyHolder): string {
  if (holder.id !== environmentKeyId) return holder.id
  return environmentReference(secrets.keys[0], config.adminKey ?? '')
}

/** The holder that a session refers to; undefined once the key has ended, or ADMIN_KEY has become another. */
export async function findHolder(
  services: ReferenceServices,
  reference: string,
): Promise<KeyHolder | undefined> {
  const { config, secrets } = services
  const { adminKey } = config
  if (adminKey && secrets.keys.some((key) => environmentReference(key, adminKey) === reference)) {
    return { id: environmentKeyId, name: environmentKeyId, scopes: ['*'] }
  }
  const found = await readValid(services, reference)
  return found && { id: found.id, name: found.name, scopes: found.scopes }
}

/** Keyed, since whoever set ADMIN_KEY may have chosen one that can be guessed. */
const environmentReference = (key: SecretKey, adminKey: string): string =>
  `${environmentKeyId}.${keyedHash(key, 'admin key of a session', adminKey).toString('base64url')}`

async function verifyStored(
  services: VerifyServices,
  id: string,
  hash: Buffer,
): Promise<KeyHolder | undefined> {
  const found = await readValid(services, id)
  if (!found || !timingSafeEqual(found.hash, hash)) return undefined
  // Once a minute is enough to know a forgotten key, and spares a write with every request.
  if (found.stale) {
    const lastUsedAt = services.clock.now()
    await services.db.models.apiKey.update({ where: { id }, data: { lastUsedAt } })
  }
  return { id: found.id, name: found.name, scopes: found.scopes }
}

async function readValid(services: VerifyServices, id: string): Promise<StoredKey | undefined> {
  const now = services.clock.now()
  const key = await services.db.models.apiKey.findUnique({
    select: { name: true, scopes: true, hash: true, lastUsedAt: true },
    where: { id, revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
  })
  if (!key) return undefined
  const { name, hash, lastUsedAt } = key
  const stale = !lastUsedAt || now.getTime() - lastUsedAt.getTime() > 60_000
  return { id, name, hash, scopes: key.scopes.filter(isGrantedScope), stale }
}
