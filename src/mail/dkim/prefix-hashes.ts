/** Body hashes of messages that begin alike. */
import { createHash, type Hash } from 'node:crypto'

/** Body hashes; what all readers' bodies begin with is one buffer, hashed once. */
export class PrefixHashes {
  readonly #prefixes = new WeakMap<Buffer, Hash>()

  of(message: Buffer[]): string {
    const [, first, ...rest] = message
    if (!first) return createHash('sha256').digest('base64')
    const hash = this.#prefixOf(first).copy()
    for (const buffer of rest) hash.update(buffer)
    return hash.digest('base64')
  }

  #prefixOf(first: Buffer): Hash {
    const known = this.#prefixes.get(first)
    if (known) return known
    const hash = createHash('sha256').update(first)
    this.#prefixes.set(first, hash)
    return hash
  }
}
