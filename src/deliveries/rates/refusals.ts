/** What follows from refusals: a verdict for each that is final, a slower pace, a word about faults of ours. */
import type { Secrets } from '../../config/secrets.js'
import type { Log } from '../../log.js'
import type { DomainPace } from './domain-pace.js'
import { recordRefusals } from './record-refusals.js'
import type { AfterRefusal, Settlement } from '../settle/settlement.js'
import { slowDown } from '../throttle/slow-down.js'

/**
 * Records what each final refusal means for its reader, by the rule that judges a bounce a day later, and halves the
 * pace of domains that refuse for policy. A test copy is about us, and says nothing of anybody.
 */
export function answerRefusals(secrets: Secrets, pace: Pick<DomainPace, 'of'>): AfterRefusal {
  return async (tx, settlements) => {
    const policy = settlements.filter(({ refusal }) => refusal === 'policy')
    const [first] = policy
    const paces = new Map(policy.map(({ delivery: { domain } }) => [domain, pace.of(domain)]))
    if (first) await slowDown(tx, paces, first.at)
    await recordRefusals(tx, secrets, settlements)
  }
}

/** Says once a minute that relays find fault with our mail or set-up: nobody's address is to blame for it. */
export class Alarm {
  readonly #log: Log
  #quietUntil = 0
  #unsaid = 0

  constructor(log: Log) {
    this.#log = log
  }

  watch(settled: Settlement[]): void {
    const ours = settled.filter(({ refusal }) => refusal === 'ours')
    this.#unsaid += ours.length
    const [first] = ours
    if (!first || performance.now() < this.#quietUntil) return
    this.#quietUntil = performance.now() + 60_000
    const { code, enhanced, relay, delivery } = first
    const fields = { deliveries: this.#unsaid, code, enhanced, relay, delivery: delivery.id }
    this.#log.error(fields, 'a relay finds fault with our mail')
    this.#unsaid = 0
  }
}
