/** What becomes of a row after a try: a pure rule over how the try ended. */
import { storable } from '../../format/text/storable.js'
import type { Tx } from '../../db/client.js'
import { maskAddresses } from '../../format/mask-addresses.js'
import type { Attempted } from '../../mail/mailer/mailer.js'
import type { Outcome } from '../../mail/mailer/outcome.js'
import type { Claimed } from '../ledger/delivery.js'
import { waitAfter } from '../../backoff.js'
import type { DeliveryStatus } from '../../mail/delivery-status.js'

type Refused = Extract<Attempted, { outcome: 'refused' }>

export type Settlement = {
  delivery: Claimed
  status: Exclude<DeliveryStatus, 'claimed'>
  dueAt: Date | null
  at: Date
  /** Null when no relay took note of the message: then no attempt is recorded. */
  outcome: 'accepted' | 'deferred' | 'rejected' | 'in_doubt' | null
  refusal: Outcome | null
  relay: string | null
  code: number | null
  enhanced: string | null
  reply: string | null
  reason: string | null
  durationMs: number | null
}

/** True for a refusal that ended a mail, and so says something of the address or of us. */
export const isFinalRefusal = ({ refusal, status }: Settlement): boolean =>
  refusal !== null && (status === 'rejected' || status === 'expired')

/** True for a refusal that is final, and for one that asks us to slow down. */
export const hasConsequences = (settlement: Settlement): boolean =>
  isFinalRefusal(settlement) || settlement.refusal === 'policy'

/** A relay may say anything. Replies quote addresses, which may be erased by now. */
export const printable = (reply: string | null): string | null =>
  reply && maskAddresses(storable(reply.slice(0, 1000)))

/** What follows from a refusal for the address, in the transaction that settles it. */
export type AfterRefusal = (tx: Tx, settlements: Settlement[]) => Promise<void>

export type Policy = {
  now: Date
  retryBaseMs: number
  inDoubt: 'resend' | 'hold'
  /** From 0 to 1, spreads the retries. */
  random: number
  classify: (refused: Refused) => Outcome
}

/** The row's next state after a try. */
export function settlementOf(delivery: Claimed, attempted: Attempted, policy: Policy): Settlement {
  if (attempted.outcome === 'unreached') return untouched(delivery, policy.now)
  if (attempted.outcome === 'in_doubt') return doubtful(delivery, attempted, policy)
  if (attempted.outcome === 'refused') return refused(delivery, attempted, policy)
  return { ...tried(delivery, attempted, policy.now), status: 'accepted', outcome: 'accepted' }
}

/** A message that could not even be made: nothing was sent, and trying again would not help. */
export function settlementOfUnmade(delivery: Claimed, fault: string, now: Date): Settlement {
  return { ...untouched(delivery, now), status: 'rejected', dueAt: null, reason: `not composed: ${fault}` }
}

/** A mail that has become pointless since it was owed. */
export function settlementOfPointless(delivery: Claimed, now: Date): Settlement {
  return { ...untouched(delivery, now), status: 'left_out', dueAt: null, reason: 'no longer of use' }
}

function untouched(delivery: Claimed, at: Date): Settlement {
  return {
    delivery,
    status: delivery.was,
    dueAt: delivery.dueAt,
    at,
    outcome: null,
    refusal: null,
    relay: null,
    code: null,
    enhanced: null,
    reply: null,
    reason: null,
    durationMs: null,
  }
}

function tried(
  delivery: Claimed,
  attempted: Exclude<Attempted, { outcome: 'unreached' }>,
  at: Date,
): Settlement {
  return {
    ...untouched(delivery, at),
    dueAt: null,
    relay: attempted.relay,
    code: 'code' in attempted ? attempted.code : null,
    enhanced: 'enhanced' in attempted ? attempted.enhanced : null,
    reply: 'reply' in attempted ? attempted.reply : attempted.fault,
    durationMs: Math.round(attempted.durationMs),
  }
}

function doubtful(
  delivery: Claimed,
  attempted: Extract<Attempted, { outcome: 'in_doubt' }>,
  policy: Policy,
): Settlement {
  const settlement: Settlement = {
    ...tried(delivery, attempted, policy.now),
    outcome: 'in_doubt',
    status: 'in_doubt',
  }
  return policy.inDoubt === 'hold' ? settlement : again(settlement, policy, 'in doubt to the end of its day')
}

function refused(delivery: Claimed, attempted: Refused, policy: Policy): Settlement {
  const refusal = policy.classify(attempted)
  const settlement = { ...tried(delivery, attempted, policy.now), refusal }
  // A 5yz is for good, whatever it says: the same relay would say it again, and count it against us.
  const mayPass = attempted.code < 500 && (refusal === 'soft' || refusal === 'policy')
  if (mayPass) {
    const deferred: Settlement = { ...settlement, outcome: 'deferred', status: 'deferred' }
    return again(deferred, policy, 'deferred to the end of its day')
  }
  return { ...settlement, outcome: 'rejected', status: 'rejected', reason: refusal }
}

const retries = { longestMs: 2 * 3_600_000, factor: 3, spread: [0.8, 1.2] } as const

/** Due again after a growing delay, or given up when it would no longer be today's by then. */
function again(settlement: Settlement, policy: Policy, reason: string): Settlement {
  const { delivery } = settlement
  const delay = waitAfter(delivery.attempts + 1, { ...retries, firstMs: policy.retryBaseMs }, policy.random)
  const dueAt = new Date(policy.now.getTime() + delay)
  if (dueAt >= delivery.expiresAt) return { ...settlement, status: 'expired', reason }
  return { ...settlement, dueAt }
}
