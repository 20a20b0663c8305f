/** What a form carries to tell people from programs that fill in whatever they find. */
import { timingSafeEqual } from 'node:crypto'
import type { Services } from '../../services.js'
import { keyedHash } from '../../subscribers/keys.js'

type StampServices = Pick<Services, 'clock' | 'secrets'>

/** Nobody types an address faster. */
const leastSeconds = 2

/** The time at which a form was made, signed. */
export function stampOf({ clock, secrets }: StampServices): string {
  return signed(secrets.keys[0], clock.now().getTime().toString(36))
}

/** Whether a form was filled in faster than people do. A form without a stamp, or with another's, was not. */
export function isTooQuick({ clock, secrets }: StampServices, stamp: string | undefined): boolean {
  const [time = ''] = (stamp ?? '').split('.')
  if (!stamp || !secrets.keys.some((key) => equal(signed(key, time), stamp))) return false
  const age = clock.now().getTime() - Number.parseInt(time, 36)
  return age >= 0 && age < leastSeconds * 1000
}

function signed(key: Parameters<typeof keyedHash>[0], time: string): string {
  return `${time}.${keyedHash(key, 'form stamp', time).subarray(0, 12).toString('base64url')}`
}

const equal = (a: string, b: string) =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
