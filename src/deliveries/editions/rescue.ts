/** What keeps the ledger moving whoever dies: lost leases are taken over, what is done is marked as done. */
import { judgeCanaries } from '../ledger/canary.js'
import type { Sending } from '../ledger/delivery.js'
import {
  expireOverdue,
  finishEdition,
  freezeTotals,
  sendingEditions,
  sweepCancelled,
} from './editions-open.js'
import { takeOverLost } from '../ledger/lease.js'
import { climbBack } from '../throttle/slow-down.js'

/** Idempotent; any number of workers may do it at once. */
export async function keepLedger(services: Pick<Sending, 'db' | 'clock' | 'config' | 'log'>): Promise<void> {
  const { db, clock, config, log } = services
  const lost = await takeOverLost(db, clock.now(), config.inDoubt)
  if (lost > 0) log.warn({ lost }, 'what a lost worker held was taken over')
  for (const { id, verdict, count } of await judgeCanaries(db, clock.now())) {
    const { bad, tried } = count
    if (verdict === 'hold')
      log.error({ edition: id, bad, tried }, 'an edition is held: its canary fared badly')
    if (verdict === 'go') log.info({ edition: id, bad, tried }, 'the canary fared well, all of it goes out')
  }
  await climbBack(db, clock.now())
  for (const id of await sendingEditions(db)) {
    await expireOverdue(db, id, clock.now())
    if (await finishEdition(db, id, clock.now())) log.info({ edition: id }, 'an edition is sent')
  }
  await sweepCancelled(db, clock.now())
  await freezeTotals(db)
}
