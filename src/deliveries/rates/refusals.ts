/** What follows from refusals: addresses that are no good are suppressed, faults of ours are reported. */
import type { Query } from '../../db/client.js'
import type { Secrets } from '../../config/secrets.js'
import type { Log } from '../../log.js'
import { suppress } from '../../subscribers/leaving/suppress.js'
import type { DomainPace } from './domain-pace.js'
import type { AfterRefusal } from '../settle/settlement.js'
import type { Settlement } from '../settle/settlement.js'
import { slowDown } from '../throttle/throttle-store.js'

/** A mailbox that is switched off today may be back tomorrow; twice within this many days is for good. */
const disabledWithinDays = 7

/**
 * Suppresses at once for a hard refusal, and for a disabled mailbox at the second within seven days; halves
 * the pace of domains that refuse for policy. A test copy is about us, and suppresses nobody.
 */
export function answerRefusals(secrets: Secrets, pace: DomainPace): AfterRefusal {
  return async (query, settlements) => {
    const policy = settlements.filter(({ refusal }) => refusal === 'policy')
    const addresses = settlements.filter(
      ({ refusal, delivery }) => refusal !== 'policy' && delivery.kind !== 'test',
    )
    const [first] = policy
    const paces = new Map(policy.map(({ delivery: { domain } }) => [domain, pace.of(domain)]))
    if (first) await slowDown(query, paces, first.at)
    for (const settlement of addresses) {
      const { delivery, at, refusal, code, enhanced } = settlement
      const disabled = refusal === 'mailbox-disabled'
      if (disabled && !(await wasDisabledBefore(query, settlement))) continue
      await suppress(query, secrets, delivery.address, 'bounced', {
        at,
        detail: [code, enhanced].filter(Boolean).join(' '),
      })
    }
  }
}

async function wasDisabledBefore(query: Query, { delivery, at }: Settlement): Promise<boolean> {
  const rows = await query(
    `SELECT FROM attempt a JOIN delivery d ON d.id = a.delivery_id
     WHERE d.subscriber_id = $1 AND d.id <> $2 AND (a.enhanced = '5.2.1' OR d.reason = 'mailbox-disabled')
       AND a.at > $3::timestamptz - $4 * interval '1 day' LIMIT 1`,
    [delivery.subscriberId, delivery.id, at, disabledWithinDays],
  )
  return rows.length > 0
}

/** Says once a minute that relays find fault with our mail or set-up: nobody's address is to blame for it. */
export function openAlarm(log: Log): (settled: Settlement[]) => void {
  let quietUntil = 0
  let unsaid = 0
  return (settled) => {
    const ours = settled.filter(({ refusal }) => refusal === 'ours')
    unsaid += ours.length
    const [first] = ours
    if (!first || performance.now() < quietUntil) return
    quietUntil = performance.now() + 60_000
    const { code, enhanced, relay, delivery } = first
    log.error(
      { deliveries: unsaid, code, enhanced, relay, delivery: delivery.id },
      'a relay finds fault with our mail',
    )
    unsaid = 0
  }
}
