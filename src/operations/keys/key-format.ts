/** How a key is written: `dp_`, a public id, 32 random bytes, and a checksum that tells a typing error. */
import { createHash, randomBytes, randomInt } from 'node:crypto'

const idLetters = '0123456789abcdefghijklmnopqrstuvwxyz'
const shape = /^dp_([0-9a-z]{8})[\w-]{43}([\w-]{6})$/

/** The id under which ADMIN_KEY of the environment is known; no stored key has it. */
export const environmentKeyId = 'ADMIN_KEY'

export type WrittenKey = { id: string; key: string; hash: Buffer<ArrayBuffer> }

/** A new key. Only its id and hash may be stored. */
export function makeKey(): WrittenKey {
  const id = Array.from({ length: 8 }, () => idLetters[randomInt(idLetters.length)]).join('')
  const body = `dp_${id}${randomBytes(32).toString('base64url')}`
  const key = body + checksumOf(body)
  return { id, key, hash: hashOf(key) }
}

/** The id of a well-formed key; undefined for anything else, which then needs no look at the database. */
export function idOf(key: string): string | undefined {
  const match = shape.exec(key)
  return match && checksumOf(key.slice(0, -6)) === match[2] ? match[1] : undefined
}

/** SHA-256 is enough: a key has 256 random bits, so that there is nothing to guess from a dictionary. */
export function hashOf(key: string): Buffer<ArrayBuffer> {
  return Buffer.from(createHash('sha256').update(key).digest())
}

/** How a key is shown once it has been handed out. */
export function maskKey(id: string): string {
  return `dp_${id}…`
}

function checksumOf(body: string): string {
  return hashOf(`checksum:${body}`).toString('base64url').slice(0, 6)
}
