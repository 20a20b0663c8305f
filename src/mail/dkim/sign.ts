/** DKIM signatures (RFC 6376) over messages that `assembleMail` made, RSA and Ed25519 (RFC 8463). */
import { createHash, sign as signAsync } from 'node:crypto'
import type { Clock } from '../../clock.js'
import { headerLine } from '../message/headers.js'
import { PrefixHashes } from './prefix-hashes.js'
import { type RelaxedHeader, relaxHeaders, relaxValue } from './relaxed.js'
import type { SigningKey } from './sign-keys.js'

/** Relays give up after five days at most; later a copy is only good for a replay. */
const validSeconds = 7 * 24 * 3600
/**
 * What readers' programs act upon. Each is named once more than it occurs, as is every field of a message, so that
 * nobody can add one on top of a signed mail, also where we write none (RFC 6376, 5.4.2 and 8.15).
 */
const sealed = [
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'subject',
  'date',
  'message-id',
  'in-reply-to',
  'references',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'content-disposition',
  'list-id',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'list-subscribe',
  'list-post',
  'list-help',
  'list-owner',
  'list-archive',
  'feedback-id',
]

export interface Signer {
  /**
   * The DKIM-Signature lines that go before the message, one for each key.
   * @param message header with its empty line first, then the body; the body's bytes have to be their own
   * relaxed form, as `encodePiece` makes them.
   */
  sign(message: Buffer[]): Promise<Buffer>
}

export class DkimSigner implements Signer {
  readonly #keys: SigningKey[]
  readonly #clock: Clock
  readonly #hashes = new PrefixHashes()

  constructor(keys: SigningKey[], clock: Clock) {
    this.#keys = keys
    this.#clock = clock
  }

  async sign(message: Buffer[]): Promise<Buffer> {
    const headers = relaxHeaders(message[0] as Buffer)
    const bodyHash = this.#hashes.of(message)
    const at = Math.floor(this.#clock.now().getTime() / 1000)
    const lines = await Promise.all(this.#keys.map((key) => signature(key, headers, bodyHash, at)))
    return Buffer.from(lines.join(''))
  }
}

async function signature(
  key: SigningKey,
  headers: RelaxedHeader[],
  bodyHash: string,
  at: number,
): Promise<string> {
  // Header fields of one name are taken from the bottom up; ours occur once, so their order is free.
  const names = namesOf(headers)
  const value =
    `v=1; a=${key.algorithm}; c=relaxed/relaxed; d=${key.domain}; s=${key.selector}; ` +
    `t=${at}; x=${at + validSeconds}; h=${foldable(names)}; bh=${bodyHash}; b=`
  const unsigned = headerLine('DKIM-Signature', value).slice(0, -2)
  const own = `dkim-signature:${relaxValue(unsigned.slice(unsigned.indexOf(':') + 1).replaceAll('\r\n', ''))}`
  const made = await signBytes(key, `${headers.map(({ line }) => `${line}\r\n`).join('')}${own}`)
  return `${unsigned}${wrapped(made.toString('base64'))}\r\n`
}

/** For each field its name, and once more that of all which may be there one time too many. */
function namesOf(headers: RelaxedHeader[]): string[] {
  const own = headers.map(({ name }) => name)
  return [...own, ...new Set([...own, ...sealed])]
}

/** Blanks around the colons of h= are free, and give the line places to fold. */
function foldable(names: string[]): string {
  return names.join(': ')
}

function wrapped(base64: string): string {
  return base64.replaceAll(/.{1,74}/g, '\r\n $&')
}

/** In libuv's pool, so that the loop goes on while RSA takes its millisecond. */
function signBytes(key: SigningKey, text: string): Promise<Buffer> {
  const rsa = key.algorithm === 'rsa-sha256'
  const data = rsa ? Buffer.from(text) : createHash('sha256').update(text).digest()
  return new Promise((resolve, reject) => {
    signAsync(rsa ? 'sha256' : null, data, key.key, (error, made) => {
      if (error) reject(error)
      else resolve(made)
    })
  })
}
