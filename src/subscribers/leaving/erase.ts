/** Erasing a reader: all is gone but a keyed hash, so that no import brings the address back. */
import type { Clock } from '../../clock.js'
import type { Secrets } from '../../config/secrets.js'
import { type Db, inTransaction } from '../../db/client.js'
import { guardKey } from '../door/limits.js'
import { retrying } from '../retry.js'
import { suppressionHash, suppressionHashes } from './suppress.js'
import { quoted } from '../../db/quoted.js'
import { openStatuses } from '../../mail/delivery-status.js'

/**
 * Mail that is due is left out; rows of the ledger stay for its counts, without address and without what
 * the relay replied, since that often quotes it.
 * @returns whether there was such a subscriber.
 */
export async function eraseSubscriber(
  services: { db: Db; clock: Clock; secrets: Secrets },
  subscriberId: number,
): Promise<boolean> {
  const at = services.clock.now()
  return retrying(() =>
    inTransaction(services.db, async (query) => {
      const [row] = await query<{ email: string; domain: string }>(
        'SELECT email, domain FROM subscriber WHERE id = $1 FOR UPDATE',
        [subscriberId],
      )
      if (!row) return false
      await query(
        `UPDATE delivery SET status = 'left_out', reason = 'erased', settled_at = $2, due_at = NULL
         WHERE subscriber_id = $1 AND status IN (${quoted(openStatuses)})`,
        [subscriberId, at],
      )
      await query(
        `UPDATE attempt SET reply = NULL WHERE delivery_id IN (SELECT id FROM delivery WHERE subscriber_id = $1)`,
        [subscriberId],
      )
      await query(
        'UPDATE delivery SET to_address = NULL, payload = NULL, reply = NULL WHERE subscriber_id = $1',
        [subscriberId],
      )
      await query('DELETE FROM subscriber WHERE id = $1', [subscriberId])
      await query('DELETE FROM signup_guard WHERE key = $1', [guardKey(services.secrets, row)])
      await query('DELETE FROM suppression WHERE email_key = lower($1) OR hash = ANY ($2::bytea[])', [
        row.email,
        suppressionHashes(services.secrets, row.email),
      ])
      await query(`INSERT INTO suppression (hash, reason, created_at) VALUES ($1, 'erased', $2)`, [
        suppressionHash(services.secrets, row.email),
        at,
      ])
      return true
    }),
  )
}
