/** Keeps one lane busy: claims ahead, sends as many at once as there are slots, settles, and stops in order. */
import { messageOf } from '../errors.js'
import { type ClaimResult, extendLeases, giveBack } from './claim.js'
import type { Claimed, Compose, Sending } from './delivery.js'
import { type Holding, openHolding } from './holding.js'
import { openPace } from './pace.js'
import type { AfterRefusal } from './settle.js'
import {
  type Policy,
  type Settlement,
  settlementOf,
  settlementOfPointless,
  settlementOfUnmade,
} from './settlement.js'
import { openSettler } from './settler.js'

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
  const { log } = options.services
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

  function pump(): void {
    if (signal.aborted || performance.now() < awayUntil) return
    // What was written and is not settled is what a crash would put in doubt: at most twice the connections.
    while (
      holding.sending() < options.slots() &&
      holding.sending() + settler.pending() < 2 * options.slots()
    ) {
      const delivery = holding.next(performance.now())
      if (!delivery) break
      void send(delivery)
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

  async function send(delivery: Claimed): Promise<void> {
    const settlement = await trySending(options, delivery, signal)
    holding.sent(delivery.id)
    settler.add(settlement)
    if (settlement.outcome !== null) pace.sent()
    else if (settlement.status === delivery.was && performance.now() >= awayUntil) {
      awayUntil = performance.now() + pace.unreached()
    }
    pump()
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
  await giveBack(options.services.db, holding.takeWaiting()).catch((error: unknown) =>
    log.warn({ fault: messageOf(error) }, 'deliveries could not be given back, their lease will end'),
  )
  while (holding.sending() > 0 && !grace.aborted) await pause(20)
  await settler.flush(grace)
  await care.done()
}

/** Makes the message and sends it once; says what the row comes to. */
export async function trySending(
  options: Pick<LaneOptions, 'services' | 'compose' | 'policy'>,
  delivery: Claimed,
  stop?: AbortSignal,
): Promise<Settlement> {
  const { mailer, clock, log } = options.services
  let outgoing: Awaited<ReturnType<Compose>>
  try {
    outgoing = await options.compose(delivery)
  } catch (error) {
    log.error({ delivery: delivery.id, fault: messageOf(error) }, 'a mail could not be composed')
    return settlementOfUnmade(delivery, messageOf(error), clock.now())
  }
  if (!outgoing) return settlementOfPointless(delivery, clock.now())
  const haste = { urgent: delivery.editionId === null, ...(stop && { stop }) }
  const attempted = await mailer.send(outgoing.envelope, outgoing.message, haste)
  return settlementOf(delivery, attempted, options.policy())
}

/** Looks after what is held: leases that run down, editions that were paused, relays that are away. */
function openCare(options: LaneOptions, holding: Holding, away: () => boolean) {
  const { db, log } = options.services
  let last = performance.now()
  let running: Promise<void> | undefined

  async function look(): Promise<void> {
    const ageing = holding.endingBefore(performance.now() + options.leaseMs / 2)
    if (ageing.length > 0) {
      const kept = await extendLeases(db, ageing, options.leaseMs)
      holding.forget(ageing.filter((delivery) => !kept.has(delivery.id)))
    }
    if (away()) return giveBack(db, holding.takeWaiting())
    const waiting = holding.waiting()
    if (waiting.length === 0) return
    const wanted = await options.stillWanted(waiting)
    await giveBack(
      db,
      holding.takeWaiting((delivery) => !wanted.has(delivery.id)),
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
