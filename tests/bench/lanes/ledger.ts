/** What the ledger costs Postgres: CPU, WAL and bytes for an accepted mail, in batches and, beside, as rows. */
import { createHash } from 'node:crypto'
import { systemClock } from '../../../src/clock.js'
import { type Db, openDb } from '../../../src/db/client.js'
import { claimDue } from '../../../src/deliveries/claim/claim.js'
import type { Claimed } from '../../../src/deliveries/ledger/delivery.js'
import { fanOut } from '../../../src/deliveries/editions/fan-out.js'
import { settle } from '../../../src/deliveries/settle/settle.js'
import { settlementOf } from '../../../src/deliveries/settle/settlement.js'
import { silentLog } from '../../../src/log.js'
import { addEdition, addReaders } from '../../support/ledger.js'
import { type BackendState, backendState } from '../backend.js'
import type { Context, Lane, Row } from '../lane.js'
import { compiled } from '../mail.js'
import { clear } from '../workers.js'

/** What 20 connections bring back at a time, less those that are kept for mail somebody waits for. */
const atOnce = 18
export const ledger: Lane = {
  name: 'ledger',
  run: async (context) => {
    const mails = context.quick ? 5_000 : 100_000
    // One backend alone, so that its CPU is that of the ledger.
    const db = openDb(context.databaseUrl, silentLog, { connections: 1 })
    try {
      await addReaders(db, mails, { domains: ['one.example', 'two.example', 'three.example'] })
      await db.sql('VACUUM ANALYZE subscriber')
      const rows = await measured(context, db, mails, 12, oweRows)
      const batches = await measured(context, db, mails, 12, oweBatches)
      const long = await measured(context, db, mails, 60, oweBatches)
      await clear(db)
      return [
        row('CPU', batches.cpuMs, 'ms', rows.cpuMs, '<= 0.025'),
        row('WAL', batches.wal, 'B', rows.wal, '<= 100'),
        row('stored', batches.stored, 'B', rows.stored, '<= 40'),
        row('CPU, queue ids of 60', long.cpuMs, 'ms', rows.cpuMs),
        row('WAL, queue ids of 60', long.wal, 'B', rows.wal),
        row('stored, queue ids of 60', long.stored, 'B', rows.stored),
      ]
    } finally {
      await db.close()
    }
  },
}

const row = (what: string, value: number, unit: string, rows: number, target?: string): Row => ({
  lane: `ledger, ${what} of Postgres an accepted mail (rows: ${rows.toPrecision(3)} ${unit})`,
  value,
  unit,
  ...(target && { target }),
})

/** From fan-out to the last settled mail. */
async function measured(
  { tell }: Context,
  db: Db,
  mails: number,
  idLength: number,
  owe: (db: Db, editionId: number) => Promise<void>,
): Promise<BackendState> {
  await db.sql('TRUNCATE attempt, delivery, batch, batch_settle, edition_domain, relay_hour CASCADE')
  const editionId = await addEdition(db, { sendAt: new Date(), compiled })
  await db.sql('CHECKPOINT')
  const before = await backendState(db)
  await owe(db, editionId)
  let settled = 0
  while (settled < mails) {
    const request = { editionId, limit: 500, now: new Date(), leaseMs: 60_000 }
    const { claimed } = await claimDue(db, request)
    if (claimed.length === 0) throw new Error(`${settled} of ${mails} could be claimed`)
    for (let n = 0; n < claimed.length; n += atOnce) {
      const part = claimed.slice(n, n + atOnce).map((mail, at) => accepted(mail, settled + n + at, idLength))
      await settle(db, part, async () => {})
    }
    settled += claimed.length
  }
  const after = await backendState(db)
  const cost = {
    cpuMs: (after.cpuMs - before.cpuMs) / mails,
    wal: (after.wal - before.wal) / mails,
    stored: (after.stored - before.stored) / mails,
  }
  tell(`${owe.name}, ids of ${idLength}: ${JSON.stringify(cost)}`)
  return cost
}

const accepted = (mail: Claimed, n: number, idLength: number) =>
  settlementOf(
    mail,
    {
      outcome: 'accepted',
      relay: 'relay.example:25',
      code: 250,
      reply: `2.0.0 Ok: queued as ${createHash('sha512').update(String(n)).digest('hex').slice(0, idLength)}`,
      durationMs: 3,
    },
    { now: new Date(), retryBaseMs: 1, inDoubt: 'resend', random: 0, classify: () => 'soft' },
  )

async function oweBatches(db: Db, editionId: number): Promise<void> {
  await fanOut({ db, clock: systemClock, config: { timezone: 'UTC', canaryPercent: 0 } }, editionId)
}

/** As the release before did. */
async function oweRows(db: Db, editionId: number): Promise<void> {
  await db.sql(
    `INSERT INTO delivery (kind, edition_id, subscriber_id, lane, status, domain, due_at, expires_at)
     SELECT 'edition', $1, id, 1, 'due', domain, now() - interval '1 second', now() + interval '1 day'
     FROM subscriber WHERE status = 'active'`,
    [editionId],
  )
  await db.sql(`UPDATE edition SET status = 'sending', fanned_out_at = now() WHERE id = $1`, [editionId])
  await db.sql('ANALYZE delivery')
}
