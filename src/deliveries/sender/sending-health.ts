/** How sending is, by what the workers last said of themselves. */
import { Type } from 'typebox'
import type { Queries } from '../../db/client.js'
import { float, int, json, text, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { isAlive } from '../../mail/alive-workers.js'
import type { RelayHealth } from '../../mail/mailer/mailer.js'

const relaysSchema = Type.Array(
  Type.Object({
    name: Type.String(),
    state: Type.Union([Type.Literal('up'), Type.Literal('down')]),
    fault: Type.Union([Type.String(), Type.Null()]),
    connections: Type.Number(),
    // Workers of an older release don't say it.
    smtpUtf8: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  }),
)

const aliveWorkers = statement({
  text: `SELECT name, started_at AS "startedAt", seen_at AS "seenAt", sent, per_second AS "perSecond", capacity, relays
    FROM worker WHERE ${isAlive('$1')} ORDER BY started_at, id`,
  parameters: [timestamptz],
  columns: {
    name: text,
    startedAt: timestamptz,
    seenAt: timestamptz,
    sent: int,
    perSecond: float,
    capacity: int,
    relays: json(relaysSchema),
  },
})

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

export async function sendingHealth(db: Pick<Queries, 'run'>, now: Date): Promise<SendingHealth> {
  const rows = await db.run(aliveWorkers, [now])
  const workers = rows.map((row) => ({
    ...row,
    relays: row.relays.map((relay): RelayHealth => ({ ...relay, smtpUtf8: relay.smtpUtf8 ?? null })),
  }))
  const relays = workers.flatMap((worker) => worker.relays)
  const up = new Set(relays.filter(({ state }) => state === 'up').map(({ name }) => name))
  const down = new Map(relays.filter(({ name }) => !up.has(name)).map((relay) => [relay.name, relay]))
  return {
    workers,
    perSecond: workers.reduce((sum, worker) => sum + worker.perSecond, 0),
    relaysDown: [...down.values()],
  }
}
