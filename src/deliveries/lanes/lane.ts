/** Keeps one lane busy: claims ahead, sends as many at once as there are slots, settles, and stops in order. */
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../errors.js'
import type { Claimed } from '../ledger/delivery.js'
import { giveBack } from '../ledger/lease.js'
import { LeaseSet } from '../ledger/lease-set.js'
import type { AfterRefusal, Settlement } from '../settle/settlement.js'
import { type SettledFor, Settler } from '../settle/settler.js'
import { LeaseCare } from './lease-care.js'
import { Conversations, type Talk } from './conversations.js'
import { Pace } from './pace.js'
import type { LaneMail, LaneSender } from './lane-terms.js'

const idleMs = 250
const tickMs = 100

/** Runs until the signal; then no send is begun, what runs is finished and settled within `graceMs`. */
export function runLane(
  sender: LaneSender,
  mail: LaneMail,
  signal: AbortSignal,
  graceMs = 6_000,
): Promise<void> {
  return new Lane(sender, mail, signal).run(graceMs)
}

class Lane implements Talk, SettledFor {
  readonly #sender: LaneSender
  readonly #mail: LaneMail
  readonly #stop: AbortSignal
  readonly #leases = new LeaseSet()
  readonly #pace: Pace
  readonly #settler: Settler
  readonly #conversations: Conversations
  #claiming: Promise<void> | undefined
  #nextClaim = 0
  #awayUntil = 0

  constructor(sender: LaneSender, mail: LaneMail, stop: AbortSignal) {
    this.#sender = sender
    this.#mail = mail
    this.#stop = stop
    this.#pace = new Pace(() => mail.slots(), sender.cautious)
    this.#settler = new Settler(sender.services, this)
    this.#conversations = new Conversations(sender, this, stop)
  }

  async run(graceMs: number): Promise<void> {
    const { db, clock, log } = this.#sender.services
    const care = new LeaseCare(this.#sender, this.#mail, this.#leases)
    const timer = setInterval(() => {
      this.#pump()
      care.tick(performance.now() < this.#awayUntil)
    }, tickMs)
    this.#pump()
    if (!this.#stop.aborted) await once(this.#stop, 'abort')
    clearInterval(timer)
    await this.#claiming
    const grace = AbortSignal.timeout(graceMs)
    await giveBack(db, this.#leases.takeWaiting(), clock.now()).catch((error: unknown) =>
      log.warn({ fault: messageOf(error) }, 'deliveries could not be given back, their lease will end'),
    )
    while (this.#leases.sending() > 0 && !grace.aborted) await sleep(20)
    await this.#settler.close(grace)
    await care.done()
  }

  // One that could have a connection of its own does not wait behind another; who is cautious announces none ahead.
  next(): Claimed | undefined {
    const full = this.#conversations.count === this.#mail.slots()
    return full && !this.#sender.cautious ? this.#nextToSend() : undefined
  }

  mayBegin(delivery: Claimed): boolean {
    return this.#leases.mayBegin(delivery, performance.now())
  }

  done(settlement: Settlement): void {
    const { delivery } = settlement
    this.#leases.sent(delivery.id)
    this.#settler.add(settlement)
    if (settlement.outcome !== null) this.#pace.sent()
    else if (settlement.status === delivery.was && this.#isOpen() && this.mayBegin(delivery)) {
      this.#awayUntil = performance.now() + this.#pace.unreached()
    }
  }

  ended(): void {
    this.#pump()
  }

  batchSize(): number {
    return Math.max(1, Math.min(50, this.#mail.slots()))
  }

  get afterRefusal(): AfterRefusal {
    return this.#sender.afterRefusal
  }

  onSettled(settled: Settlement[], fenced: Settlement[]): void {
    for (const { delivery } of [...settled, ...fenced]) this.#leases.drop(delivery.id)
    this.#sender.onSettled(settled)
    this.#pump()
  }

  #isOpen(): boolean {
    return !this.#stop.aborted && performance.now() >= this.#awayUntil
  }

  // What was written and is not settled is what a crash would put in doubt: at most twice the connections.
  #nextToSend(): Claimed | undefined {
    const open = this.#leases.sending() + this.#settler.pending()
    return this.#isOpen() && open < 2 * this.#mail.slots() ? this.#leases.next(performance.now()) : undefined
  }

  #pump(): void {
    if (!this.#isOpen()) return
    while (this.#conversations.count < this.#mail.slots()) {
      const delivery = this.#nextToSend()
      if (!delivery) break
      this.#conversations.begin(delivery)
    }
    const wanted = this.#pace.wanted(this.#leases.size())
    if (this.#claiming || wanted === 0 || performance.now() < this.#nextClaim) return
    this.#claiming = this.#claim(wanted).finally(() => {
      this.#claiming = undefined
      this.#pump()
    })
  }

  async #claim(limit: number): Promise<void> {
    try {
      const result = await this.#mail.claim(limit)
      this.#pace.claimed()
      this.#leases.add(result.claimed)
      if (!result.more) this.#nextClaim = performance.now() + idleMs
    } catch (error) {
      this.#nextClaim = performance.now() + 1_000
      const fields = { fault: messageOf(error), lane: this.#mail.name }
      this.#sender.services.log.warn(fields, 'claiming failed, it is tried again')
    }
  }
}
