/** Leaving with one click, and coming back when it was a mistake. */
import type { Clock } from '../../clock.js'
import { type Db, inTransaction } from '../../db/client.js'
import { type Evidence, recordConsent } from '../evidence.js'
import { retrying } from '../retry.js'

export type LeaveServices = { db: Db; clock: Clock }

/** How long after leaving a click brings a reader back; later it takes a new sign-up. */
const regretHours = 24

const longestReason = 500

/**
 * Ends the subscription; of a second call nothing comes but, if given, its reason. Mail that is due to the
 * subscriber is left out when it is claimed.
 * @returns whether there is such a subscriber.
 */
export async function unsubscribe(
  services: LeaveServices,
  subscriberId: number,
  evidence: Evidence,
  reason?: string,
): Promise<boolean> {
  const at = services.clock.now()
  const detail = reason ? { reason: reason.replaceAll('\0', '').slice(0, longestReason) } : null
  return retrying(() =>
    inTransaction(services.db, async (query) => {
      const known = await query('SELECT id FROM subscriber WHERE id = $1 FOR NO KEY UPDATE', [subscriberId])
      if (known.length === 0) return false
      const left = await query(
        `UPDATE subscriber SET status = 'unsubscribed', unsubscribed_at = $2, updated_at = $2
         WHERE id = $1 AND status IN ('pending', 'active') RETURNING id`,
        [subscriberId, at],
      )
      if (left.length > 0 || detail) {
        await recordConsent(query, subscriberId, 'unsubscribe', evidence, { at, ...(detail && { detail }) })
      }
      return true
    }),
  )
}

/**
 * Takes back a leaving of the last {@link regretHours} hours by somebody who had confirmed before.
 * @returns whether the subscriber gets mail (again).
 */
export async function resubscribe(
  services: LeaveServices,
  subscriberId: number,
  evidence: Evidence,
): Promise<boolean> {
  const at = services.clock.now()
  return retrying(() =>
    inTransaction(services.db, async (query) => {
      const back = await query(
        `UPDATE subscriber s SET status = 'active', unsubscribed_at = NULL, updated_at = $2
         WHERE id = $1 AND status = 'unsubscribed' AND confirmed_at IS NOT NULL
           AND unsubscribed_at > $2::timestamptz - make_interval(hours => $3)
           AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.email_key = s.email_key)
         RETURNING id`,
        [subscriberId, at, regretHours],
      )
      if (back.length > 0) await recordConsent(query, subscriberId, 'resubscribe', evidence, { at })
      const active = await query(`SELECT 1 FROM subscriber WHERE id = $1 AND status = 'active'`, [
        subscriberId,
      ])
      return active.length > 0
    }),
  )
}
