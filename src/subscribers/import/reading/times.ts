/** Reads the times of other services' exports. */
import { isDay } from '../../../clock.js'

const pattern =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(?:\.\d+)?)? ?(?:Z|UTC|GMT|([+-]\d{2}):?(\d{2})(?: UTC)?)?$/

/**
 * A time as RFC 3339, databases and Go write it, in UTC where no offset is given: `2024-01-01`,
 * `2024-01-01 10:00:00`, `2024-01-01 10:00:00.000000 +0000 UTC`. Null for what is none, or is yet to come.
 */
export function readTime(text: string, now: Date): Date | null {
  const [, day, minutes = '00:00', seconds = ':00', hours, rest] = pattern.exec(text) ?? []
  if (!day || !isDay(day)) return null
  const at = new Date(`${day}T${minutes}${seconds}${hours ? `${hours}:${rest}` : 'Z'}`)
  return Number.isNaN(at.getTime()) || at > now ? null : at
}
