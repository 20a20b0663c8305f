/** What keeps the ledger moving whoever dies: lost leases are taken over, what is done is marked as done. */
import { takeOverLost } from './claim.js'
import type { Sending } from './delivery.js'
import { finishEdition, sendingEditions, sweepCancelled } from './editions-open.js'

/** Idempotent; any number of workers may do it at once. */
export async function keepLedger(services: Pick<Sending, 'db' | 'clock' | 'config' | 'log'>): Promise<void> {
  const { db, clock, config, log } = services
  const lost = await takeOverLost(db, clock.now(), config.inDoubt)
  if (lost > 0) log.warn({ deliveries: lost }, 'deliveries of a lost worker were taken over')
  for (const id of await sendingEditions(db)) {
    if (await finishEdition(db, id, clock.now())) log.info({ edition: id }, 'an edition is sent')
  }
  await sweepCancelled(db, clock.now())
}
