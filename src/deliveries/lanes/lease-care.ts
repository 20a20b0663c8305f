/** Looks after what a lane holds: leases that run down, editions that were paused, relays that are away. */
import { messageOf } from '../../errors.js'
import { extendLeases, giveBack } from '../ledger/lease.js'
import type { LeaseSet } from '../ledger/lease-set.js'
import type { LaneMail, LaneSender } from './lane-terms.js'

const everyMs = 500

export class LeaseCare {
  readonly #sender: Pick<LaneSender, 'services' | 'leaseMs'>
  readonly #mail: Pick<LaneMail, 'stillWanted'>
  readonly #leases: LeaseSet
  #last = performance.now()
  #running: Promise<void> | undefined

  constructor(
    sender: Pick<LaneSender, 'services' | 'leaseMs'>,
    mail: Pick<LaneMail, 'stillWanted'>,
    leases: LeaseSet,
  ) {
    this.#sender = sender
    this.#mail = mail
    this.#leases = leases
  }

  /** @param away - no relay can be reached: what waits here is given back. */
  tick(away: boolean): void {
    if (this.#running || performance.now() - this.#last < everyMs) return
    this.#last = performance.now()
    const { log } = this.#sender.services
    this.#running = this.#look(away)
      .catch((error: unknown) => log.warn({ fault: messageOf(error) }, 'leases could not be looked after'))
      .finally(() => {
        this.#running = undefined
      })
  }

  async done(): Promise<void> {
    await this.#running
  }

  async #look(away: boolean): Promise<void> {
    const { db, clock } = this.#sender.services
    const { leaseMs } = this.#sender
    const ageing = this.#leases.endingBefore(performance.now() + leaseMs / 2)
    if (ageing.length > 0) {
      const kept = await extendLeases(db, ageing, leaseMs)
      this.#leases.forget(ageing.filter((delivery) => !kept.has(delivery.id)))
    }
    if (away) return giveBack(db, this.#leases.takeWaiting(), clock.now())
    const held = this.#leases.all()
    if (held.length === 0) return
    const wanted = await this.#mail.stillWanted(held)
    const unwanted = held.filter(({ id }) => !wanted.has(id))
    this.#leases.withdraw(unwanted)
    const waiting = this.#leases.takeWaiting(({ id }) => !wanted.has(id))
    await giveBack(db, waiting, clock.now())
  }
}
