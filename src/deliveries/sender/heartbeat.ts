/** A sending process says of itself, in the database, how it is; so that API and metrics can tell. */
import { jsonText } from '../../format/text/storable.js'
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { bigint, float, int, nullable, text, timestamptz, uuid } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { messageOf } from '../../errors.js'
import type { Sending } from '../ledger/delivery.js'
import type { Settlement } from '../settle/settlement.js'
import { findHold } from '../../db/continuity/hold.js'
import { beat as beatStamp } from '../../db/continuity/stamp.js'

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
  const heartbeat = new Heartbeat(services)
  heartbeat.start()
  return heartbeat
}

export class Heartbeat {
  readonly #services: Sending
  readonly #id = randomUUID()
  readonly #startedAt: Date
  #sent = 0
  #last = { at: performance.now(), sent: 0 }
  #beatenAt = performance.now()
  #beating: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(services: Sending) {
    this.#services = services
    this.#startedAt = services.clock.now()
  }

  start(): void {
    this.#tick()
    this.#timer = setInterval(() => this.#tick(), everyMs)
  }

  /** Counts what was accepted. */
  watch(settled: Settlement[]): void {
    this.#sent += settled.filter(({ status }) => status === 'accepted').length
  }

  /** When this was last written, by `performance.now()`; at first, when it began. */
  beatenAt(): number {
    return this.#beatenAt
  }

  /** Says the last word and takes the row away. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#beating
    await this.#services.db.tables
      .deleteFrom('worker')
      .where('id', '=', this.#id)
      .execute()
      .catch(() => {})
  }

  #tick(): void {
    this.#beating ??= this.#beat()
      .then(() => {
        this.#beatenAt = performance.now()
      })
      .catch((error: unknown) => this.#services.log.warn({ fault: messageOf(error) }, 'no heartbeat'))
      .finally(() => {
        this.#beating = undefined
      })
  }

  async #beat(): Promise<void> {
    const { db, clock, mailer } = this.#services
    const sent = this.#sent
    const at = performance.now()
    const perSecond = ((sent - this.#last.sent) * 1_000) / Math.max(1, at - this.#last.at)
    this.#last = { at, sent }
    await db.run(sayHowItIs, [
      this.#id,
      `${hostname()}:${process.pid}`,
      this.#startedAt,
      clock.now(),
      sent,
      perSecond,
      mailer.capacity(),
      jsonText(mailer.health()),
      clock.offMs?.() ?? null,
    ])
    if (!(await findHold(db, db.witness))) await beatStamp(db)
  }
}
