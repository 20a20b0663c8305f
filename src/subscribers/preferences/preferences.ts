/** What a reader chooses: how often mail comes, when, and from when on. */
import { addDays, type Clock, type Day, isDay, isTimezone } from '../../clock.js'
import { localTime } from '../../clock/zoned.js'
import { type Db, inTransaction } from '../../db/client.js'
import { Problem } from '../../errors.js'
import { type Evidence, recordConsent } from '../evidence.js'
import { retrying } from '../retry.js'
import { type Frequency, frequencies, type Status } from '../subscriber.js'

export type Preferences = {
  frequency: Frequency
  /** IANA name; null for the publication's own. */
  timezone: string | null
  /** Local hour at which mail should arrive; null for the publication's own time. */
  hour: number | null
  /** The first local day on which mail comes again. */
  pausedUntil: Day | null
}

export type Reader = Preferences & { email: string; status: Status }

const longestPauseDays = 366

/** Null when there is no such subscriber (any more). */
export async function readPreferences(db: Pick<Db, 'sql'>, subscriberId: number): Promise<Reader | null> {
  const [row] = await db.sql<Reader>(
    `SELECT email, status, frequency, timezone, hour, paused_until::text AS "pausedUntil"
     FROM subscriber WHERE id = $1`,
    [subscriberId],
  )
  return row ?? null
}

/**
 * @throws Problem `unprocessable` for a wish that cannot be had, in words for the reader; `gone` when there
 * is no such subscriber.
 */
export async function savePreferences(
  services: { db: Db; clock: Clock },
  subscriberId: number,
  wanted: Preferences,
  evidence: Evidence,
): Promise<void> {
  const at = services.clock.now()
  check(wanted, at)
  await retrying(() =>
    inTransaction(services.db, async (query) => {
      const saved = await query(
        `UPDATE subscriber SET frequency = $2, timezone = $3, hour = $4, paused_until = $5::date, updated_at = $6
         WHERE id = $1 RETURNING id`,
        [subscriberId, wanted.frequency, wanted.timezone, wanted.hour, wanted.pausedUntil, at],
      )
      if (saved.length === 0) throw new Problem('gone', 'There is no such subscription any more.')
      await recordConsent(query, subscriberId, 'preferences', evidence, { at, detail: wanted })
    }),
  )
}

function check({ frequency, timezone, hour, pausedUntil }: Preferences, at: Date): void {
  if (!frequencies.includes(frequency)) refuse('Please choose how often mail should come.')
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
