/** How many replies of one reader go on to the operator in a day: whoever has a mail of ours can write without end. */
import type { Secrets } from '../../config/secrets.js'
import type { Tx } from '../../db/client.js'
import { bytes, int, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { keyedHash } from '../keys.js'
import { windowsAt } from './limits.js'

const repliesADay = 10

// Under a key of its own: a reply takes nothing of what a reader may have mailed.
const countReply = statement({
  text: `INSERT INTO signup_count AS c (scope, key, window_end, count) VALUES ('reader', $1, $2, 1)
    ON CONFLICT (scope, key, window_end) DO UPDATE SET count = c.count + 1 RETURNING count`,
  parameters: [bytes, timestamptz],
  columns: { count: int },
})

/** @param subscriberId - null for replies of all who are gone, which count as those of one. */
export async function mayForward(
  tx: Tx,
  { keys: [key] }: Secrets,
  subscriberId: number | null,
  at: Date,
): Promise<boolean> {
  const place = keyedHash(key, 'door reply', String(subscriberId))
  const [row] = await tx.run(countReply, [place, windowsAt(at).day])
  return row !== undefined && row.count <= repliesADay
}
