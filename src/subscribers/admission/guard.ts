/** Whether an address may be mailed once more because somebody typed it into a form. */
import type { Secrets } from '../../config/secrets.js'
import type { Query } from '../../db/client.js'
import type { Address } from '../address.js'
import { guardKey, type SignupLimits } from './limits.js'

/** Counts the mail, unless it would be one too many: under the same limits as a sign-up's. */
export async function admitMail(
  query: Query,
  secrets: Secrets,
  address: Address,
  limits: SignupLimits,
  at: Date,
): Promise<boolean> {
  const rows = await query(
    `INSERT INTO signup_guard AS g (key, mailed, unclicked, mailed_at)
     VALUES ($1, ARRAY[$2::timestamptz], 1, $2)
     ON CONFLICT (key) DO UPDATE
       SET mailed = (ARRAY[$2::timestamptz] || g.mailed)[1:greatest($3::int, $4::int)],
           unclicked = g.unclicked + 1, mailed_at = $2
       WHERE coalesce(g.mailed[$3] <= $2 - interval '1 hour', true)
         AND coalesce(g.mailed[$4] <= $2 - interval '1 day', true)
         AND g.unclicked < $5::int
     RETURNING key`,
    [guardKey(secrets, address), at, limits.addressHour, limits.addressDay, limits.unclicked],
  )
  return rows.length > 0
}

/** Somebody reads mail at that address and wants it: the count of mails without a click starts anew. */
export async function noteClick(query: Query, secrets: Secrets, address: Address): Promise<void> {
  await query('UPDATE signup_guard SET unclicked = 0 WHERE key = $1', [guardKey(secrets, address)])
}
