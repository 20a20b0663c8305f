/** The keys that sign mail: read and checked at the start, which fails with one that is missing or weak. */
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Config } from '../../config/config.js'
import { ConfigError } from '../../errors.js'

export type SigningKey = {
  domain: string
  selector: string
  algorithm: 'rsa-sha256' | 'ed25519-sha256'
  key: KeyObject
}

const leastBits = 2048

/**
 * The keys of the configuration; none when mail is not to be signed. With two, as while one replaces the
 * other, mail carries a signature of each.
 * @throws ConfigError that names each faulty variable.
 */
export function readSigningKeys({ dkim }: Pick<Config, 'dkim'>): SigningKey[] {
  const faults: string[] = []
  const keys = dkim.flatMap(({ domain, selector, file, variable }) => {
    try {
      return [{ domain, selector, ...readKey(file) }]
    } catch (error) {
      faults.push(`${variable} must be ${(error as Error).message}`)
      return []
    }
  })
  if (faults.length > 0) {
    throw new ConfigError(`The configuration is wrong:\n${faults.map((fault) => `  ${fault}`).join('\n')}`)
  }
  return keys
}

function readKey(file: string): Pick<SigningKey, 'algorithm' | 'key'> {
  const pem = attempt(() => readFileSync(file, 'utf8'), 'a file that can be read')
  const key = attempt(() => createPrivateKey(pem), 'the file of a private key in PEM without a password')
  if (key.asymmetricKeyType === 'ed25519') return { algorithm: 'ed25519-sha256', key }
  const bits = key.asymmetricKeyType === 'rsa' ? (key.asymmetricKeyDetails?.modulusLength ?? 0) : 0
  if (bits < leastBits) throw new Error(`an RSA key of at least ${leastBits} bits, or an Ed25519 key`)
  return { algorithm: 'rsa-sha256', key }
}

function attempt<T>(action: () => T, expected: string): T {
  try {
    return action()
  } catch {
    // What went wrong is not shown: it may quote the key.
    throw new Error(expected)
  }
}
