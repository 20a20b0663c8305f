/** Less mail in place of none: weekly, or a pause, from the page where one leaves. */
import type { Tx } from '../../db/client.js'
import { addDays } from '../../clock.js'
import { localTime } from '../../clock/zoned.js'
import type { Services } from '../../services.js'
import type { Evidence } from '../../subscribers/evidence.js'
import { resubscribe } from '../../subscribers/leaving/leave.js'
import { type Reader, readPreferences, savePreferences } from '../../subscribers/preferences/preferences.js'

export const pauseDays = 30

export type Less = 'weekly' | 'pause'

export const isLess = (action: string | undefined): action is Less =>
  action === 'weekly' || action === 'pause'

/**
 * Keeps a reader, or takes one back who left within the last day.
 * @returns the reader as they are now; null for one who left longer ago or is gone.
 */
export async function takeLess(
  tx: Tx,
  { clock, config }: Pick<Services, 'clock' | 'config'>,
  id: number,
  less: Less,
  evidence: Evidence,
): Promise<Reader | null> {
  if (!(await resubscribe(tx, clock, id, evidence))) return null
  const reader = await readPreferences(tx, id)
  if (!reader) return null
  const { email: _, status: __, ...wanted } = reader
  const today = localTime(clock.now(), reader.timezone ?? config.timezone).day
  const now =
    less === 'weekly' ? { frequency: 'weekly' as const } : { pausedUntil: addDays(today, pauseDays) }
  await savePreferences(tx, clock, id, { ...wanted, ...now }, evidence)
  return { ...reader, ...now }
}
