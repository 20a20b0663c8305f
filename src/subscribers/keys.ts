/** Keys derived from the secrets, each for one purpose, and made once. */
import { type BinaryToTextEncoding, hash } from 'node:crypto'
import { deriveKey, type SecretKey, type Secrets } from '../config/secrets.js'

const blockBytes = 64
const digestBytes = 32

/**
 * HMAC-SHA256 (RFC 2104) under one key, by two hashes in one call each: every mail has four, and `createHmac` makes
 * objects that cost twice as much as the hashing.
 */
class Keyed {
  /** The padded key, and behind it room for a text. */
  #inner = Buffer.alloc(blockBytes + 512, 0x36)
  readonly #outer = Buffer.alloc(blockBytes + digestBytes, 0x5c)

  /** @param key at most a block, as all that are derived. */
  constructor(key: Buffer) {
    for (const [at, byte] of key.entries()) {
      this.#inner[at] = byte ^ 0x36
      this.#outer[at] = byte ^ 0x5c
    }
  }

  of(text: string, encoding: BinaryToTextEncoding): string {
    const needed = blockBytes + 3 * text.length
    if (this.#inner.length < needed) this.#inner = Buffer.concat([this.#inner], needed)
    const end = blockBytes + this.#inner.write(text, blockBytes)
    this.#outer.write(hash('sha256', this.#inner.subarray(0, end), 'binary'), blockBytes, 'binary')
    return hash('sha256', this.#outer, encoding)
  }
}

const derived = new WeakMap<SecretKey, Map<string, Keyed>>()

/** HMAC-SHA256 of a text under the key for that purpose. */
export function keyedHash(key: SecretKey, purpose: string, text: string): Buffer {
  return Buffer.from(keyFor(key, purpose).of(text, 'binary'), 'binary')
}

/** {@link keyedHash} as text. */
export function keyedText(
  key: SecretKey,
  purpose: string,
  text: string,
  encoding: 'base64url' | 'hex',
): string {
  return keyFor(key, purpose).of(text, encoding)
}

function keyFor(key: SecretKey, purpose: string): Keyed {
  const purposes = derived.get(key) ?? new Map<string, Keyed>()
  derived.set(key, purposes)
  const known = purposes.get(purpose)
  if (known) return known
  const made = new Keyed(deriveKey(key, purpose))
  purposes.set(purpose, made)
  return made
}

/** The key with that id, among all that still verify. */
export function keyById(secrets: Secrets, id: string): SecretKey | undefined {
  return secrets.keys.find((key) => key.id === id)
}
