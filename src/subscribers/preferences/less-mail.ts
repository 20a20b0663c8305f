/** Less mail in place of none: weekly, or a pause, for whoever is about to leave or has just left. */
import { addDays, type Clock } from '../../clock.js'
import { localTime } from '../../clock/zoned.js'
import type { Tx } from '../../db/client.js'
import type { Evidence } from '../evidence.js'
import { resubscribe } from '../leaving/leave.js'
import { type Preferences, type Reader, readPreferences, savePreferences } from './preferences.js'

export const pauseDays = 30

export const lessMail = ['weekly', 'pause'] as const
export type LessMail = (typeof lessMail)[number]

/**
 * Keeps a reader, or takes one back who left within the last day.
 * @param zone - of the publication, for who has none of their own.
 * @returns the reader as they are now; null for one who left longer ago or is gone.
 */
export async function takeLessMail(
  tx: Tx,
  { clock, zone }: { clock: Clock; zone: string },
  subscriberId: number,
  less: LessMail,
  evidence: Evidence,
): Promise<Reader | null> {
  if (!(await resubscribe(tx, clock, subscriberId, evidence))) return null
  const reader = await readPreferences(tx, subscriberId)
  if (!reader) return null
  const { email: _email, status: _status, ...preferences } = reader
  const today = localTime(clock.now(), reader.timezone ?? zone).day
  const change: Partial<Preferences> =
    less === 'weekly' ? { frequency: 'weekly' } : { pausedUntil: addDays(today, pauseDays) }
  await savePreferences(tx, clock, subscriberId, { ...preferences, ...change }, evidence)
  return { ...reader, ...change }
}
