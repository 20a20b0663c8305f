/** When a reader's copy of an edition is due: at its time, or at the reader's own hour, on the days they want. */
import { addDays, type Day, isTimezone } from '../../clock.js'
import { instantOf, localTime } from '../../clock/zoned.js'

/** Readers who share these share a slot. */
export type SlotGroup = { timezone: string | null; hour: number | null; frequency: string }

export type Slot = {
  dueAt: Date
  /** The day on which it arrives where the reader is. */
  localDay: Day
}

const dayMs = 86_400_000

/** It is today's for a day from when it is first due; an edition that goes out late is still worth a day of tries. */
export const expiryOf = ({ dueAt }: Pick<Slot, 'dueAt'>, now: Date): Date =>
  new Date(Math.max(dueAt.getTime(), now.getTime()) + dayMs)

/**
 * An hour of one's own is taken at its first occurrence from the edition's time on. Who wants mail on
 * weekdays gets what falls on a weekend on Monday at the same local time, so that nothing is lost to them.
 */
export function slotOf(sendAt: Date, group: SlotGroup, publicationZone: string): Slot {
  const zone = group.timezone && isTimezone(group.timezone) ? group.timezone : publicationZone
  const at = group.hour === null ? sendAt : nextHour(sendAt, group.hour, zone)
  const dueAt = group.frequency === 'weekdays' ? onWeekday(at, group.hour, zone) : at
  return { dueAt, localDay: localTime(dueAt, zone).day }
}

function nextHour(from: Date, hour: number, zone: string): Date {
  const { day } = localTime(from, zone)
  const today = instantOf(day, hour, 0, zone)
  return today >= from ? today : instantOf(addDays(day, 1), hour, 0, zone)
}

function onWeekday(at: Date, hour: number | null, zone: string): Date {
  const local = localTime(at, zone)
  const wait = local.weekday === 6 ? 2 : local.weekday === 0 ? 1 : 0
  if (wait === 0) return at
  // The hour that was asked for, not the one that a change of the clock made of it on the weekend.
  return instantOf(addDays(local.day, wait), hour ?? local.hour, hour === null ? local.minute : 0, zone)
}
