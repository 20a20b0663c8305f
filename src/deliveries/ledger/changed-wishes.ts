/** What a reader changed between fan-out and the claim: it counts as if it had been so from the start. */
import { isTimezone } from '../../clock.js'
import { localTime } from '../../clock/zoned.js'
import { slotOf } from './slots.js'

export type Wishes = {
  editionKind: string | null
  sendAt: Date | null
  frequency: string | null
  timezone: string | null
  hour: number | null
  /** The day of the first mail after a pause, `YYYY-MM-DD`. */
  pausedUntil: string | null
}

/** Why the reader no longer wants this edition; null when they do. */
export function changedMind(wishes: Wishes, now: Date, publicationZone: string): string | null {
  const { editionKind, frequency, timezone, pausedUntil } = wishes
  if (editionKind === null || frequency === null) return null
  const zone = timezone && isTimezone(timezone) ? timezone : publicationZone
  if (pausedUntil !== null && pausedUntil > localTime(now, zone).day) return 'paused'
  if ((frequency === 'weekly') !== (editionKind === 'weekly')) return 'another rhythm'
  return null
}

/** When the copy is due if the reader has moved their hour or their days to what is still to come; null when it is due. */
export function movedTo(wishes: Wishes, now: Date, publicationZone: string): Date | null {
  const { sendAt, frequency, timezone, hour } = wishes
  if (sendAt === null || frequency === null) return null
  if (hour === null && frequency !== 'weekdays') return null
  const { dueAt } = slotOf(sendAt, { timezone, hour, frequency }, publicationZone)
  return dueAt > now ? dueAt : null
}
