/** Sends one mail from here at once, as a worker would, for somebody who waits for the outcome. */
import type { Queries, Tx } from '../../db/client.js'
import { bigint, nullable, oneOf, text } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { claimOwed } from '../claim/claim-mailable.js'
import { trySending } from '../lanes/try-sending.js'
import { type LaneParts, laneSender, terms } from '../lanes/lanes.js'
import { settle } from '../settle/settle.js'
import { type DeliveryStatus, deliveryStatuses } from '../../mail/delivery-status.js'

export type SentNow = {
  deliveryId: string
  /** As the ledger has it now; whatever is not at its end goes on by itself. */
  status: DeliveryStatus
  relay: string | null
  /** What the relay said, or why there was no try. */
  reply: string | null
}

/**
 * Owes the mail and claims it in one transaction, so that no worker is quicker; a crash in between leaves it to
 * them like any other row.
 * @param owe - writes the row, of those without an edition, and @returns its id.
 */
export async function sendNow(parts: LaneParts, owe: (tx: Tx) => Promise<string>): Promise<SentNow> {
  const { db } = parts.services
  const { id, delivery } = await db.transaction('request', async (tx) => {
    const id = await owe(tx)
    return { id, delivery: await claimOwed(tx, parts.services, id, terms(parts.services)) }
  })
  if (delivery) {
    const settlement = await trySending(laneSender(parts), delivery)
    await settle(db, [settlement], parts.afterRefusal)
    parts.onSettled([settlement])
  }
  return readOutcome(db, id)
}

const outcome = statement({
  text: 'SELECT id AS "deliveryId", status, relay, coalesce(reply, reason) AS reply FROM delivery WHERE id = $1',
  parameters: [bigint],
  columns: {
    deliveryId: bigint,
    status: oneOf(deliveryStatuses),
    relay: nullable(text),
    reply: nullable(text),
  },
})

async function readOutcome(db: Pick<Queries, 'run'>, id: string): Promise<SentNow> {
  const [row] = await db.run(outcome, [id])
  if (!row) throw new Error('the mail is not in the ledger')
  return row
}
