/** A sending process says of itself, in the database, how it is; so that API and metrics can tell. */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Db } from '../../db/client.js'
import type { RelayHealth } from '../../mail/mailer/mailer.js'
import { messageOf } from '../../errors.js'
import type { Sending } from '../ledger/delivery.js'
import type { Settlement } from '../settle/settlement.js'
import { findHold } from '../../db/continuity/hold.js'
import { beat as beatStamp } from '../../db/continuity/stamp.js'
import { isAlive } from '../../mail/alive-workers.js'

export type Heartbeat = {
  /** Counts what was accepted. */
  watch: (settled: Settlement[]) => void
  /** When this was last written, by `performance.now()`; at first, when it began. */
  beatenAt: () => number
  /** Says the last word and takes the row away. */
  stop(): Promise<void>
}

const everyMs = 2_000

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
    await db.sql(
      `INSERT INTO worker (id, name, started_at, seen_at, sent, per_second, capacity, relays)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (id) DO UPDATE SET seen_at = $4, sent = $5, per_second = $6, capacity = $7, relays = $8`,
      [id, name, startedAt, clock.now(), sent, perSecond, mailer.capacity(), JSON.stringify(mailer.health())],
    )
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
      await db.sql('DELETE FROM worker WHERE id = $1', [id]).catch(() => {})
    },
  }
}

export type SendingHealth = {
  workers: {
    name: string
    startedAt: Date
    seenAt: Date
    sent: number
    perSecond: number
    capacity: number
    relays: RelayHealth[]
  }[]
  perSecond: number
  /** Relays that no worker can reach. */
  relaysDown: RelayHealth[]
}

/** How sending is, by what the workers last said. */
export async function sendingHealth(db: Db, now: Date): Promise<SendingHealth> {
  const workers = await db.sql<SendingHealth['workers'][number]>(
    `SELECT name, started_at AS "startedAt", seen_at AS "seenAt", sent, per_second AS "perSecond", capacity, relays
     FROM worker WHERE ${isAlive('$1')} ORDER BY started_at, id`,
    [now],
  )
  const relays = workers.flatMap((worker) => worker.relays)
  const up = new Set(relays.filter(({ state }) => state === 'up').map(({ name }) => name))
  const down = new Map(relays.filter(({ name }) => !up.has(name)).map((relay) => [relay.name, relay]))
  return {
    workers,
    perSecond: workers.reduce((sum, worker) => sum + worker.perSecond, 0),
    relaysDown: [...down.values()],
  }
}
