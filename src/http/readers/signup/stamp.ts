/** What a form carries to tell people from programs that fill in whatever they find. */
import { timingSafeEqual } from 'node:crypto'
import type { Services } from '../../../services.js'
import { keyedHash } from '../../../subscribers/keys.js'

type StampServices = Pick<Services, 'clock' | 'secrets'>

/** Nobody types an address faster. */
const leastMs = 1500

/** The time at which a form was made, signed. */
export function stampOf({ clock, secrets }: StampServices): string {
  return signed(secrets.keys[0], clock.now().getTime().toString(36))
}

/**
 * Milliseconds until a form may take effect that was filled in faster than people do. It is held up rather
 * than refused: a browser that fills in by itself is no crime, and a program that sends thousands has to
 * keep as many connections waiting. Of a form without a stamp, or with another's, nothing is known.
 */
export function msTooQuick({ clock, secrets }: StampServices, stamp: string | undefined): number {
  const [time = ''] = (stamp ?? '').split('.')
  if (!stamp || !secrets.keys.some((key) => equal(signed(key, time), stamp))) return 0
  const age = clock.now().getTime() - Number.parseInt(time, 36)
  return age >= 0 ? Math.max(0, leastMs - age) : 0
}

function signed(key: Parameters<typeof keyedHash>[0], time: string): string {
  return `${time}.${keyedHash(key, 'form stamp', time).subarray(0, 12).toString('base64url')}`
}

const equal = (a: string, b: string) =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
