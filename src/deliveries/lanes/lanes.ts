/** The two lanes: mail that somebody waits for, and broadcasts; the second never takes the slots of the first. */
import type { ClaimResult } from '../claim/claim.js'
import { claimMailable } from '../claim/claim-mailable.js'
import type { Claimed, Compose, Sending } from '../ledger/delivery.js'
import { sendingEditions, stillSending } from '../editions/editions-open.js'
import { runLane } from './lane.js'
import type { LaneMail, LaneSender } from './lane-terms.js'
import type { AfterRefusal, Policy, Settlement } from '../settle/settlement.js'

export interface LaneParts {
  services: Sending
  compose: Compose
  classify: Policy['classify']
  afterRefusal: AfterRefusal
  onSettled(settled: Settlement[]): void
}

/** A tenth of the connections is kept for mail that somebody waits for. */
function slotsOf(capacity: number): { waited: number; broadcast: number } {
  if (capacity === 0) return { waited: 0, broadcast: 0 }
  const waited = Math.max(1, Math.ceil(capacity / 10))
  return { waited, broadcast: Math.max(1, capacity - waited) }
}

/** Confirmations, welcomes and notices, until the signal. */
export function runWaitedLane(parts: LaneParts, signal: AbortSignal): Promise<void> {
  const { mailer } = parts.services
  const mail: LaneMail = {
    name: 'waited',
    slots: () => slotsOf(mailer.capacity()).waited,
    claim: (limit) => claimMailable(parts.services, { ...terms(parts.services), editionId: null, limit }),
    stillWanted: async (waiting) => new Set(waiting.map(({ id }) => id)),
  }
  return runLane(laneSender(parts), mail, signal)
}

/** Editions that are `sending`, or that one alone, until the signal. */
export function runBroadcastLane(parts: LaneParts, signal: AbortSignal, only?: number): Promise<void> {
  const { db, mailer } = parts.services
  const mail: LaneMail = {
    name: 'broadcast',
    slots: () => (only === undefined ? slotsOf(mailer.capacity()).broadcast : mailer.capacity()),
    claim: async (limit) =>
      claimAcross(parts.services, only === undefined ? await sendingEditions(db) : [only], limit),
    stillWanted: (waiting) => stillSending(db, waiting),
  }
  return runLane(laneSender(parts), mail, signal)
}

/** The parts, on the terms of the configuration. */
export function laneSender(parts: LaneParts): LaneSender {
  const { clock, config } = parts.services
  const policy = (): Policy => ({
    now: clock.now(),
    retryBaseMs: config.retryBaseMs,
    inDoubt: config.inDoubt,
    random: Math.random(),
    classify: parts.classify,
  })
  return { ...parts, policy, leaseMs: config.leaseMs, cautious: config.inDoubt === 'hold' }
}

/** The terms of all claims from here. */
export const terms = ({ clock, config }: Sending) => ({
  now: clock.now(),
  leaseMs: config.leaseMs,
  zone: config.timezone,
  cautious: config.inDoubt === 'hold',
})

async function claimAcross(services: Sending, editions: number[], limit: number): Promise<ClaimResult> {
  const claimed: Claimed[] = []
  let more = false
  for (const editionId of editions) {
    const rest = limit - claimed.length
    if (rest <= 0) return { claimed, more: true }
    const found = await claimMailable(services, { ...terms(services), editionId, limit: rest })
    claimed.push(...found.claimed)
    more ||= found.more
  }
  return { claimed, more }
}
