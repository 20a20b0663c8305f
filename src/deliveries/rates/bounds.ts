/** Sending starts within the bounds that the configuration names. */
import { messageOf } from '../../errors.js'
import type { Sending } from '../ledger/delivery.js'
import { configureThrottles } from '../throttle/throttle-store.js'

/** Sets the bounds on all mail and on domains; those of relays are set as their turns are booked. */
export async function setBounds({
  db,
  config,
  clock,
  log,
}: Omit<Sending, 'secrets' | 'mailer'>): Promise<void> {
  const bounds = { overall: config.sendRate, domains: config.domainRates }
  await configureThrottles(db, bounds, clock.now()).catch((error: unknown) =>
    log.error({ fault: messageOf(error) }, 'the bounds on sending could not be set'),
  )
}
