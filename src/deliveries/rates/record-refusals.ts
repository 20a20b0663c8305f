/** Verdicts for what relays refused at the time of sending. */
import type { Secrets } from '../../config/secrets.js'
import type { Tx } from '../../db/client.js'
import { suppress } from '../../subscribers/leaving/suppress.js'
import { isFinalRefusal, printable, type Settlement } from '../settle/settlement.js'
import { recordVerdict } from '../returns/verdict.js'

/**
 * One for each try that ended a mail to a reader. Mail to an address that is not the reader's own, such as the one
 * they want to move to, has no verdict: an address that does not exist is put on the list all the same.
 */
export async function recordRefusals(tx: Tx, secrets: Secrets, settlements: Settlement[]): Promise<void> {
  const final = settlements.filter(
    (settlement) =>
      isFinalRefusal(settlement) &&
      settlement.delivery.kind !== 'test' &&
      settlement.delivery.kind !== 'alert',
  )
  // In one order whoever settles, so that two of them don't wait for each other.
  for (const settlement of final.toSorted((a, b) => a.delivery.subscriberId - b.delivery.subscriberId)) {
    if (settlement.delivery.epoch !== null) await recordOne(tx, secrets, settlement)
    else if (settlement.refusal === 'hard') await putOnList(tx, secrets, settlement)
  }
}

async function recordOne(tx: Tx, secrets: Secrets, settlement: Settlement): Promise<void> {
  const { delivery, at, refusal, code, enhanced, reply } = settlement
  const { id, editionId, subscriberId, domain, attempts } = delivery
  await recordVerdict(
    tx,
    { secrets, clock: { now: () => at } },
    {
      mailId: null,
      eventId: `refusal ${id} ${attempts}`,
      at,
      kind: 'bounce',
      class: refusal,
      status: enhanced,
      code,
      words: printable(reply) ?? '',
      domain,
      subscriberId,
      editionId,
      deliveryId: editionId === null ? id : null,
      current: true,
    },
  )
}

async function putOnList(
  tx: Tx,
  secrets: Secrets,
  { delivery, at, code, enhanced }: Settlement,
): Promise<void> {
  const detail = [code, enhanced].filter(Boolean).join(' ')
  await suppress(tx, secrets, delivery.address, 'bounced', { at, detail })
}
