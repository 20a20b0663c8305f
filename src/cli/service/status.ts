/** `daily-papers status`: the latest editions, and how the workers and their relays are. */
import { sendingHealth } from '../../deliveries/sender/sending-health.js'
import { readThrottles, type ThrottleState } from '../../deliveries/throttle/throttle-store.js'
import { listEditions } from '../../editions/store.js'
import { editionLine } from '../edition/which.js'
import { table } from '../shell/output.js'
import type { Shell } from '../shell/shell.js'
import type { Loaded } from '../shell/lazy.js'
import { withServices } from '../shell/with-services.js'
import { findHold } from '../../db/continuity/hold.js'
import { whatWouldGoOut } from '../../deliveries/editions/pass-over.js'
import { findTroubles } from '../../operations/alerts/watch.js'
import { holdLines } from './resume.js'

export const statusCommand = (shell: Shell): Loaded => ({
  handler: () =>
    withServices(shell, async (services) => {
      const { db, clock } = services
      const health = await sendingHealth(db, clock.now())
      const editions = await listEditions(db, { limit: 5 })
      const throttles = await readThrottles(db)
      const hold = await findHold(db, db.witness)
      const wouldGoOut = hold && (await whatWouldGoOut(db, clock.now()))
      const troubles = await findTroubles(services)
      if (health.relaysDown.length > 0 || hold || troubles.length > 0) shell.status = 1
      shell.output.result(
        { hold: hold && { ...hold, wouldGoOut }, editions, ...health, throttles, troubles },
        [
          ...(hold && wouldGoOut ? [...holdLines(hold, wouldGoOut), ''] : []),
          ...troubles.filter((text) => !text.startsWith('All sending is held')),
          ...(editions.length > 0 ? editions.map(editionLine) : ['There is no edition yet.']),
          '',
          ...workerLines(health),
          ...health.relaysDown.map(
            ({ name, fault }) => `Relay ${name} is down: ${fault ?? 'no reason given'}`,
          ),
          ...throttles.map(throttleLine),
        ],
      )
    }),
})

function throttleLine({ scope, key, rate, ceiling, slowedAt }: ThrottleState): string {
  const of = { overall: 'All mail', relay: `Relay ${key}`, domain: key }[scope]
  const slowed = slowedAt ? `, slowed down at ${slowedAt.toISOString()}` : ''
  return `${of}: ${rate} a second${ceiling !== null && ceiling !== rate ? ` of ${ceiling}` : ''}${slowed}`
}

function workerLines({ workers }: Awaited<ReturnType<typeof sendingHealth>>): string[] {
  if (workers.length === 0) return ['No worker runs.']
  const rows = workers.map(({ name, startedAt, sent, perSecond, relays }) => [
    name,
    startedAt.toISOString(),
    sent,
    perSecond.toFixed(1),
    relays.map((relay) => `${relay.name} ${relay.state}`).join(', '),
  ])
  return table(['worker', 'since', 'sent', 'per second', 'relays'], rows)
}
