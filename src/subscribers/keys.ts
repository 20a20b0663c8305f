/** Keys derived from the secrets, each for one purpose, and made once. */
import { createHmac } from 'node:crypto'
import { deriveKey, type SecretKey, type Secrets } from '../config/secrets.js'

const derived = new WeakMap<SecretKey, Map<string, Buffer>>()

/** HMAC-SHA256 of a text under the key for that purpose. */
export function keyedHash(key: SecretKey, purpose: string, text: string): Buffer {
  return createHmac('sha256', keyFor(key, purpose)).update(text).digest()
}

function keyFor(key: SecretKey, purpose: string): Buffer {
  const purposes = derived.get(key) ?? new Map<string, Buffer>()
  derived.set(key, purposes)
  const bytes = purposes.get(purpose) ?? deriveKey(key, purpose)
  purposes.set(purpose, bytes)
  return bytes
}

/** The key with that id, among all that still verify. */
export function keyById(secrets: Secrets, id: string): SecretKey | undefined {
  return secrets.keys.find((key) => key.id === id)
}
