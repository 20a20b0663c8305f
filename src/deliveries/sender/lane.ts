/** Keeps one lane busy: claims ahead, sends as many at once as there are slots, settles, and stops in order. */
import { messageOf } from '../../errors.js'
import type { ClaimResult } from '../claim/claim.js'
import { openConversations } from './conversations.js'
import type { Claimed, Compose, Sending } from '../ledger/delivery.js'
import { extendLeases, giveBack } from '../ledger/lease.js'
import { type Holding, openHolding } from '../ledger/lease-set.js'
import { openPace } from './pace.js'
import type { AfterRefusal } from '../settle/settlement.js'
import type { Policy, Settlement } from '../settle/settlement.js'
import { openSettler } from '../settle/settler.js'

export type LaneOptions = {
  services: Sending
  name: string
  /** How many sends may run at once now. */
  slots: () => number
  claim: (limit: number) => Promise<ClaimResult>
  /** Which of the rows that wait here may still be sent: their editions may have been paused. */
  stillWanted: (waiting: Claimed[]) => Promise<Set<string>>
  compose: Compose
  policy(): Policy
  afterRefusal: AfterRefusal
  onSettled: (settled: Settlement[]) => void
  leaseMs: number
  /** Few rows in hand, so that few are in doubt when this process dies. */
  cautious: boolean
}

const idleMs = 250
const tickMs = 100
const careMs = 500

/** Runs until the signal; then no send is begun, what runs is finished and settled within `graceMs`. */
export async function runLane(options: LaneOptions, signal: AbortSignal, graceMs = 6_000): Promise<void> {
  const { log, clock } = options.services
  const holding = openHolding()
  const pace = openPace(options.slots, options.cautious)
  const settler = openSettler({
    ...options.services,
    size: () => Math.max(1, Math.min(50, options.slots())),
    afterRefusal: options.afterRefusal,
    onSettled: (settled, fenced) => {
      for (const { delivery } of [...settled, ...fenced]) holding.drop(delivery.id)
      options.onSettled(settled)
      pump()
    },
  })
  let claiming: Promise<void> | undefined
  let nextClaim = 0
  let awayUntil = 0

  const conversations = openConversations({
    ...options,
    stop: signal,
    // One that could have a connection of its own does not wait behind another; who is cautious announces none ahead.
    next: () => (options.cautious || conversations.count() !== options.slots() ? undefined : nextToSend()),
    mayBegin: (delivery) => holding.mayBegin(delivery, performance.now()),
    done: sent,
    ended: () => pump(),
  })

  const mayBegin = () => !signal.aborted && performance.now() >= awayUntil

  // What was written and is not settled is what a crash would put in doubt: at most twice the connections.
  function nextToSend(): Claimed | undefined {
    const open = holding.sending() + settler.pending()
    return mayBegin() && open < 2 * options.slots() ? holding.next(performance.now()) : undefined
  }

  function pump(): void {
    if (!mayBegin()) return
    while (conversations.count() < options.slots()) {
      const delivery = nextToSend()
      if (!delivery) break
      conversations.begin(delivery)
    }
    const wanted = pace.wanted(holding.size())
    if (!claiming && wanted > 0 && performance.now() >= nextClaim) {
      claiming = claim(wanted).finally(() => {
        claiming = undefined
        pump()
      })
    }
  }

  async function claim(limit: number): Promise<void> {
    try {
      const result = await options.claim(limit)
      pace.claimed()
      holding.add(result.claimed)
      if (!result.more) nextClaim = performance.now() + idleMs
    } catch (error) {
      nextClaim = performance.now() + 1_000
      log.warn({ fault: messageOf(error), lane: options.name }, 'claiming failed, it is tried again')
    }
  }

  function sent(settlement: Settlement): void {
    const { delivery } = settlement
    holding.sent(delivery.id)
    settler.add(settlement)
    if (settlement.outcome !== null) pace.sent()
    else if (
      settlement.status === delivery.was &&
      mayBegin() &&
      holding.mayBegin(delivery, performance.now())
    ) {
      awayUntil = performance.now() + pace.unreached()
    }
  }

  const care = openCare(options, holding, () => performance.now() < awayUntil)
  const timer = setInterval(() => {
    pump()
    care.tick()
  }, tickMs)
  pump()
  await aborted(signal)
  clearInterval(timer)
  await claiming
  const grace = AbortSignal.timeout(graceMs)
  await giveBack(options.services.db, holding.takeWaiting(), clock.now()).catch((error: unknown) =>
    log.warn({ fault: messageOf(error) }, 'deliveries could not be given back, their lease will end'),
  )
  while (holding.sending() > 0 && !grace.aborted) await pause(20)
  await settler.close(grace)
  await care.done()
}

/** Looks after what is held: leases that run down, editions that were paused, relays that are away. */
function openCare(options: LaneOptions, holding: Holding, away: () => boolean) {
  const { db, log, clock } = options.services
  let last = performance.now()
  let running: Promise<void> | undefined

  async function look(): Promise<void> {
    const ageing = holding.endingBefore(performance.now() + options.leaseMs / 2)
    if (ageing.length > 0) {
      const kept = await extendLeases(db, ageing, options.leaseMs)
      holding.forget(ageing.filter((delivery) => !kept.has(delivery.id)))
    }
    if (away()) return giveBack(db, holding.takeWaiting(), clock.now())
    const held = holding.all()
    if (held.length === 0) return
    const wanted = await options.stillWanted(held)
    holding.withdraw(held.filter(({ id }) => !wanted.has(id)))
    await giveBack(
      db,
      holding.takeWaiting((delivery) => !wanted.has(delivery.id)),
      clock.now(),
    )
  }

  const tick = () => {
    if (running || performance.now() - last < careMs) return
    last = performance.now()
    running = look()
      .catch((error: unknown) => log.warn({ fault: messageOf(error) }, 'leases could not be looked after'))
      .finally(() => {
        running = undefined
      })
  }
  return { tick, done: async () => running }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
