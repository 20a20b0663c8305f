/** Holds one subscriber's row until the transaction ends, so that changes of it come one after another. */
import type { Tx } from '../db/client.js'

/** Rows that refer to it can still be written meanwhile. @returns whether there is such a subscriber. */
export async function lockSubscriber(tx: Tx, subscriberId: number): Promise<boolean> {
  const row = await tx.tables
    .selectFrom('subscriber')
    .select('id')
    .where('id', '=', subscriberId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return row !== undefined
}
