/** What a reader chooses: how often mail comes, when, and from when on. */
import { addDays, type Clock, type Day, isDay, isTimezone, utcDay } from '../../clock.js'
import { localTime } from '../../clock/zoned.js'
import type { Queries, Tx } from '../../db/client.js'
import { narrow } from '../../db/queries/columns.js'
import { Problem } from '../../errors.js'
import { type Evidence, recordConsent } from '../evidence.js'
import { type Detail, details, type Frequency, frequencies, type Status } from '../subscriber.js'

export type Preferences = {
  frequency: Frequency
  detail: Detail
  /** IANA name; null for the publication's own. */
  timezone: string | null
  /** Local hour at which mail should arrive; null for the publication's own time. */
  hour: number | null
  /** The first local day on which mail comes again. */
  pausedUntil: Day | null
  /** True for who asked that nobody measure what they open and follow. */
  unmeasured: boolean
}

export type Reader = Preferences & { email: string; status: Status }

const longestPauseDays = 366

/** Null when there is no such subscriber (any more). */
export async function readPreferences(db: Queries, subscriberId: number): Promise<Reader | null> {
  const row = await db.models.subscriber.findUnique({
    select: {
      email: true,
      status: true,
      frequency: true,
      detail: true,
      timezone: true,
      hour: true,
      pausedUntil: true,
      unmeasured: true,
    },
    where: { id: subscriberId },
  })
  return row && { ...narrow('subscriber', row), pausedUntil: row.pausedUntil && utcDay(row.pausedUntil) }
}

/**
 * @throws Problem `unprocessable` for a wish that cannot be had, in words for the reader; `gone` when there
 * is no such subscriber.
 */
export async function savePreferences(
  tx: Tx,
  clock: Clock,
  subscriberId: number,
  wanted: Preferences,
  evidence: Evidence,
): Promise<void> {
  const at = clock.now()
  check(wanted, at)
  const { frequency, detail, timezone, hour, unmeasured } = wanted
  const pausedUntil = wanted.pausedUntil && new Date(wanted.pausedUntil)
  const { count } = await tx.models.subscriber.updateMany({
    where: { id: subscriberId },
    data: { frequency, detail, timezone, hour, pausedUntil, unmeasured, updatedAt: at },
  })
  if (count === 0) throw new Problem('gone', 'There is no such subscription any more.')
  if (unmeasured)
    await tx.tables.deleteFrom('measured_hit').where('subscriber_id', '=', subscriberId).execute()
  await recordConsent(tx, subscriberId, 'preferences', evidence, { at, detail: wanted, atWill: true })
}

function check({ frequency, detail, timezone, hour, pausedUntil }: Preferences, at: Date): void {
  if (!frequencies.includes(frequency)) refuse('Please choose how often mail should come.')
  if (!details.includes(detail)) refuse('Please choose how much of each paper the mail tells.')
  if (timezone !== null && !isTimezone(timezone)) refuse('Please choose a time zone from the list.')
  if (hour !== null && !(Number.isInteger(hour) && hour >= 0 && hour <= 23)) {
    refuse('Please choose an hour of the day.')
  }
  if (pausedUntil === null) return
  if (!isDay(pausedUntil)) refuse('Please give the end of the pause as a date such as 2026-08-17.')
  const today = localTime(at, timezone ?? 'UTC').day
  if (pausedUntil > addDays(today, longestPauseDays)) refuse('A pause lasts a year at most.')
}

function refuse(detail: string): never {
  throw new Problem('unprocessable', detail)
}
