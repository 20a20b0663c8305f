/** A day of many readers in 24 zones at four hours each, 96 slots: the real statements, and a relay that only counts. */
import { performance } from 'node:perf_hooks'
import type { Clock } from '../../../src/clock.js'
import { openDb, type Db } from '../../../src/db/client.js'
import { claimDue } from '../../../src/deliveries/claim/claim.js'
import type { Claimed } from '../../../src/deliveries/ledger/delivery.js'
import { fanOut } from '../../../src/deliveries/editions/fan-out.js'
import { settle } from '../../../src/deliveries/settle/settle.js'
import { settlementOf } from '../../../src/deliveries/settle/settlement.js'
import { silentLog } from '../../../src/log.js'
import { addEdition } from '../../support/ledger.js'
import { backendState } from '../backend.js'
import type { Context, Lane, Row } from '../lane.js'
import { compiled } from '../mail.js'
import { clear } from '../workers.js'

/** What 20 connections bring back at a time, less those that are kept for mail somebody waits for. */
const atOnce = 18

/** Zones of whole and of broken hours, so that mail is due at every hour, half and quarter. */
const zones = [
  'Pacific/Auckland',
  'Australia/Sydney',
  'Australia/Adelaide',
  'Asia/Tokyo',
  'Asia/Shanghai',
  'Asia/Yangon',
  'Asia/Dhaka',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Asia/Karachi',
  'Asia/Kabul',
  'Asia/Dubai',
  'Asia/Tehran',
  'Europe/Moscow',
  'Europe/Helsinki',
  'Europe/Vienna',
  'Europe/London',
  'Atlantic/Azores',
  'America/St_Johns',
  'America/Sao_Paulo',
  'America/New_York',
  'America/Chicago',
  'America/Denver',
  'America/Los_Angeles',
]
const hours = [6, 7, 8, 18]

const sendAt = new Date('2026-07-01T00:00:00Z')

export const scale: Lane = {
  name: 'scale',
  byNameOnly: true,
  run: async (context) => {
    const readers = context.readers ?? (context.quick ? 20_000 : 1_000_000)
    const db = openDb(context.databaseUrl, silentLog, { connections: 1 })
    try {
      return await day(context, db, readers)
    } finally {
      await clear(context.db)
      await db.close()
    }
  },
}

async function day({ tell, db: admin }: Context, db: Db, readers: number): Promise<Row[]> {
  tell(`adding ${readers.toLocaleString('en')} readers`)
  const highest = await addReadersOfZones(db, readers)
  await admin.sql('VACUUM ANALYZE subscriber')
  await db.sql('CHECKPOINT')
  const editionId = await addEdition(db, { sendAt, compiled })
  const before = await backendState(db)

  const clock: Clock & { at: Date } = { at: sendAt, now: () => clock.at }
  tell('fan-out')
  const began = performance.now()
  const owed = await fanOut({ db, clock, config: { timezone: 'UTC', canaryPercent: 0 } }, editionId)
  const fanOutSeconds = (performance.now() - began) / 1000
  await admin.sql('ANALYZE batch')
  const times = (await db.sql<{ at: Date }>('SELECT DISTINCT due_at AS at FROM batch ORDER BY 1')).map(
    ({ at }) => at,
  )

  const relay = new CountingRelay(highest)
  const claims: number[] = []
  const sending = performance.now()
  for (const [n, at] of times.entries()) {
    clock.at = at
    await sendWhatIsDue(db, editionId, at, relay, claims)
    tell(`${n + 1} of ${times.length} due times, ${relay.accepted.toLocaleString('en')} accepted`)
  }
  const seconds = (performance.now() - sending) / 1000
  const after = await backendState(db)
  if (relay.accepted !== owed || relay.accepted !== readers || relay.twice > 0)
    throw new Error(
      `${readers} readers, ${owed} owed, ${relay.accepted} accepted, ${relay.twice} of them twice`,
    )
  claims.sort((a, b) => a - b)
  const name = `scale, ${readers.toLocaleString('en')} readers`
  return [
    { lane: `${name}, due times`, value: times.length, unit: '' },
    { lane: `${name}, fan-out`, value: fanOutSeconds, unit: 's' },
    { lane: `${name}, claimed and settled by one connection`, value: readers / seconds, unit: '/s' },
    { lane: `${name}, p99 of a claim`, value: claims[Math.floor(claims.length * 0.99)] ?? 0, unit: 'ms' },
    { lane: `${name}, CPU of Postgres a mail`, value: (after.cpuMs - before.cpuMs) / readers, unit: 'ms' },
    { lane: `${name}, WAL a mail`, value: (after.wal - before.wal) / readers, unit: 'B' },
    { lane: `${name}, stored a mail`, value: (after.stored - before.stored) / readers, unit: 'B' },
    { lane: `${name}, memory of this process`, value: process.memoryUsage().rss / 1e6, unit: 'MB' },
  ]
}

async function sendWhatIsDue(
  db: Db,
  editionId: number,
  now: Date,
  relay: CountingRelay,
  claims: number[],
): Promise<void> {
  for (;;) {
    const began = performance.now()
    const { claimed } = await claimDue(db, { editionId, limit: 500, now, leaseMs: 60_000 })
    if (claimed.length === 0) return
    claims.push(performance.now() - began)
    for (let n = 0; n < claimed.length; n += atOnce) {
      const settlements = claimed.slice(n, n + atOnce).map((mail) => relay.take(mail, now))
      const settled = await settle(db, settlements, async () => {})
      if (settled.size !== settlements.length) throw new Error('somebody else held what this process claimed')
    }
  }
}

/** Says 250 to all, and notices who gets a mail twice. */
class CountingRelay {
  accepted = 0
  twice = 0
  readonly #seen: Uint8Array

  constructor(highestReader: number) {
    this.#seen = new Uint8Array(highestReader + 1)
  }

  take(mail: Claimed, now: Date) {
    if (this.#seen[mail.subscriberId]) this.twice += 1
    this.#seen[mail.subscriberId] = 1
    this.accepted += 1
    return settlementOf(
      mail,
      {
        outcome: 'accepted',
        relay: 'relay.example:25',
        code: 250,
        reply: `2.0.0 Ok: queued as ${this.accepted.toString(36).toUpperCase().padStart(12, '4')}`,
        durationMs: 1,
      },
      { now, retryBaseMs: 1, inDoubt: 'resend', random: 0, classify: () => 'soft' },
    )
  }
}

/** @returns the highest id. */
async function addReadersOfZones(db: Db, readers: number): Promise<number> {
  const atATime = 200_000
  for (let first = 1; first <= readers; first += atATime) {
    await db.sql(
      `INSERT INTO subscriber (email, email_key, domain, status, frequency, timezone, hour)
       SELECT address, address, domain, 'active', 'daily', ($3::text[])[1 + n % cardinality($3::text[])],
         ($4::int[])[1 + n / cardinality($3::text[]) % cardinality($4::int[])]
       FROM (SELECT n, 'd' || n % 300 || '.example' AS domain, 'r' || n || '@d' || n % 300 || '.example' AS address
             FROM generate_series($1::int, $2::int) n) x`,
      [first, Math.min(readers, first + atATime - 1), zones, hours],
    )
  }
  const [row] = await db.sql<{ highest: number }>('SELECT max(id) AS highest FROM subscriber')
  return row?.highest ?? 0
}
