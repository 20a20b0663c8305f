/** A sending process says of itself, in the database, how it is; so that API and metrics can tell. */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { bigint, float, int, nullable, text, timestamptz, uuid } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { messageOf } from '../../errors.js'
import type { Sending } from '../ledger/delivery.js'
import type { Settlement } from '../settle/settlement.js'
import { findHold } from '../../db/continuity/hold.js'
import { beat as beatStamp } from '../../db/continuity/stamp.js'

export type Heartbeat = {
  /** Counts what was accepted. */
  watch: (settled: Settlement[]) => void
  /** When this was last written, by `performance.now()`; at first, when it began. */
  beatenAt: () => number
  /** Says the last word and takes the row away. */
  stop(): Promise<void>
}

const everyMs = 2_000

const sayHowItIs = statement({
  text: `INSERT INTO worker (id, name, started_at, seen_at, sent, per_second, capacity, relays, clock_off_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb, $9)
    ON CONFLICT (id) DO UPDATE SET seen_at = $4, sent = $5, per_second = $6, capacity = $7, relays = excluded.relays,
      clock_off_ms = $9`,
  parameters: [uuid, text, timestamptz, timestamptz, int, float, int, text, nullable(bigint)],
  columns: {},
})

/** Starts to say every two seconds how this process is. */
export function startHeartbeat(services: Sending): Heartbeat {
  const { db, clock, mailer, log } = services
  const id = randomUUID()
  const name = `${hostname()}:${process.pid}`
  const startedAt = clock.now()
  let sent = 0
  let last = { at: performance.now(), sent: 0 }

  const beat = async () => {
    const at = performance.now()
    const perSecond = ((sent - last.sent) * 1_000) / Math.max(1, at - last.at)
    last = { at, sent }
    const relays = JSON.stringify(mailer.health())
    const off = clock.offMs?.() ?? null
    await db.run(sayHowItIs, [
      id,
      name,
      startedAt,
      clock.now(),
      sent,
      perSecond,
      mailer.capacity(),
      relays,
      off,
    ])
    if (!(await findHold(db, db.witness))) await beatStamp(db)
  }
  let beatenAt = performance.now()
  let beating: Promise<void> | undefined
  const tick = () => {
    beating ??= beat()
      .then(() => {
        beatenAt = performance.now()
      })
      .catch((error: unknown) => log.warn({ fault: messageOf(error) }, 'no heartbeat'))
      .finally(() => {
        beating = undefined
      })
  }
  tick()
  const timer = setInterval(tick, everyMs)
  return {
    watch: (settled) => {
      sent += settled.filter(({ status }) => status === 'accepted').length
    },
    beatenAt: () => beatenAt,
    stop: async () => {
      clearInterval(timer)
      await beating
      await db.tables
        .deleteFrom('worker')
        .where('id', '=', id)
        .execute()
        .catch(() => {})
    },
  }
}
