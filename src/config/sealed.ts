/** Seals what is stored for a while and holds secrets or addresses (AES-256-GCM). */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { deriveKey, type Secrets } from './secrets.js'

const purpose = 'sealed answer'

export function seal(secrets: Secrets, text: string): Buffer<ArrayBuffer> {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', deriveKey(secrets.keys[0], purpose), nonce)
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
}

/** Undefined when no key that we still have opens it. */
export function unseal(secrets: Secrets, sealed: Uint8Array): string | undefined {
  for (const key of secrets.keys) {
    const decipher = createDecipheriv('aes-256-gcm', deriveKey(key, purpose), sealed.subarray(0, 12))
    decipher.setAuthTag(sealed.subarray(12, 28))
    try {
      return decipher.update(sealed.subarray(28), undefined, 'utf8') + decipher.final('utf8')
    } catch {
      // Another key's: try the next.
    }
  }
  return undefined
}
