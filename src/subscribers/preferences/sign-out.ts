/** Ends every link and session that opens a reader's preferences, when the reader wishes it. */
import type { Clock } from '../../clock.js'
import { type Db, inTransaction } from '../../db/client.js'
import { type Evidence, recordConsent } from '../evidence.js'
import { endLinks } from './change-address.js'
import { retrying } from '../retry.js'

/** @returns whether there is such a subscriber. */
export async function signOutEverywhere(
  services: { db: Db; clock: Clock },
  subscriberId: number,
  evidence: Evidence,
): Promise<boolean> {
  const at = services.clock.now()
  return retrying(() =>
    inTransaction(services.db, async (query, tx) => {
      const known = await tx.tables
        .selectFrom('subscriber')
        .select('id')
        .where('id', '=', subscriberId)
        .forNoKeyUpdate()
        .execute()
      if (known.length === 0) return false
      await endLinks(query, subscriberId, at)
      await recordConsent(query, subscriberId, 'sign-out', evidence, { at })
      return true
    }),
  )
}
