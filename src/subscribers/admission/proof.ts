/** Proof of work (ALTCHA): a small sum for one browser, a large one for somebody who signs up thousands. */
import { createHash } from 'node:crypto'
import { createChallenge, extractParams, verifySolution } from 'altcha-lib/v1'
import type { Challenge } from 'altcha-lib/v1/types'
import type { Secrets } from '../../config/secrets.js'
import { keyedHash } from '../keys.js'

export type Proof = { hash: Buffer; expires: Date }

export type { Challenge }

const minutes = 10

/** A laptop tries a few hundred thousand a second, a phone some ten thousand. */
const hardest = 100_000

/** A challenge that can be solved for some minutes; needs no row. */
export function makeChallenge(secrets: Secrets, at: Date): Promise<Challenge> {
  const expires = new Date(at.getTime() + minutes * 60_000)
  return createChallenge({ hmacKey: hmacKey(secrets), maxnumber: hardest, expires })
}

/**
 * Reads the Base64 text of a solved challenge. @returns null when it is none of ours, wrong or too old; that
 * it is used only once is for the sign-up to see.
 */
export async function checkProof(secrets: Secrets, payload: string, at: Date): Promise<Proof | null> {
  const seconds = Number(paramsOf(payload)?.['expires'])
  if (!Number.isSafeInteger(seconds) || seconds * 1000 <= at.getTime()) return null
  if (!(await verifySolution(payload, hmacKey(secrets), false).catch(() => false))) return null
  return {
    hash: createHash('sha256').update(challengeOf(payload)).digest(),
    expires: new Date(seconds * 1000),
  }
}

const hmacKey = (secrets: Secrets) => keyedHash(secrets.keys[0], 'proof of work', '').toString('base64url')

function paramsOf(payload: string): Record<string, string> | null {
  try {
    return extractParams(payload)
  } catch {
    return null
  }
}

function challengeOf(payload: string): string {
  const solved = JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as { challenge: string }
  return solved.challenge.toLowerCase()
}
