/** Rows for tests of the ledger: readers, a frozen edition, and a mailer that does as it is told. */
import type { Db } from '../../src/db/client.js'
import type { Claimed, Compose, Sending } from '../../src/deliveries/ledger/delivery.js'
import type { LaneParts } from '../../src/deliveries/lanes/lanes.js'
import type { Attempted, Mailer } from '../../src/mail/mailer/mailer.js'
import { readConfig } from '../../src/config/config.js'
import { secretsOf } from '../../src/config/secrets.js'
import { silentLog } from '../../src/log.js'

let lastPeriod = 0

/** Active readers `r1@one.example` …, spread over the domains; @returns their ids. */
export async function addReaders(
  db: Db,
  count: number,
  options: { domains?: string[]; prefix?: string; frequency?: string; status?: string } = {},
): Promise<number[]> {
  const rows = await db.sql<{ id: number }>(
    `INSERT INTO subscriber (email, email_key, domain, status, frequency)
     SELECT $2 || n || '@' || domain, $2 || n || '@' || domain, domain, $5, $4
     FROM (SELECT n, ($3::text[])[1 + n % cardinality($3::text[])] AS domain FROM generate_series(1, $1) n) x
     RETURNING id`,
    [
      count,
      options.prefix ?? 'r',
      options.domains ?? ['one.example'],
      options.frequency ?? 'daily',
      options.status ?? 'active',
    ],
  )
  return rows.map((row) => row.id)
}

/** A frozen daily edition with nothing in it. */
export async function addEdition(
  db: Db,
  options: { sendAt: Date; kind?: string; compiled?: object },
): Promise<number> {
  lastPeriod += 1
  const period = `test-${process.pid}-${lastPeriod}`
  const [row] = await db.sql<{ id: number }>(
    `INSERT INTO edition (kind, period, day, number, status, subject, papers, compiled, send_at, frozen_at)
     VALUES ($1, $2, $3::timestamptz::date, coalesce((SELECT max(number) FROM edition WHERE kind = $1), 0) + 1, 'frozen', 'Papers',
       '[]', $4, $3, $3) RETURNING id`,
    [options.kind ?? 'daily', period, options.sendAt, JSON.stringify(options.compiled ?? {})],
  )
  if (!row) throw new Error('no edition')
  return row.id
}

/** What a test says a relay does with a message to an address. */
export type Script = (to: string) => Attempted | Promise<Attempted>

export const acceptedBy = (relay: string): Attempted => ({
  outcome: 'accepted',
  relay,
  code: 250,
  reply: '2.0.0 Ok',
  durationMs: 1,
})

export const refusedWith = (code: number, enhanced: string | null, reply = 'no'): Attempted => ({
  outcome: 'refused',
  relay: 'one',
  code,
  enhanced,
  reply,
  durationMs: 1,
})

/** Parts of sending whose mailer follows the script and writes down what it was given. */
export function scriptedParts(
  db: Db,
  now: () => Date,
  script: Script,
  options: { capacity?: number; env?: NodeJS.ProcessEnv } = {},
): LaneParts & { received: { to: string; messageId: string }[] } {
  const received: { to: string; messageId: string }[] = []
  const mailer: Mailer = {
    send: async (envelope, message) => {
      received.push({ to: envelope.to, messageId: Buffer.concat(message).toString() })
      return script(envelope.to)
    },
    capacity: () => options.capacity ?? 5,
    health: () => [],
    greet: async () => {},
    close: async () => {},
  }
  const services: Sending = {
    db,
    clock: { now },
    config: readConfig(options.env ?? {}),
    log: silentLog,
    secrets: secretsOf('a secret of the tests, thirty-two letters long'),
    mailer,
    signer: null,
  }
  const compose: Compose = async (delivery: Claimed) => ({
    envelope: { from: 'papers@localhost', to: delivery.address },
    message: [Buffer.from(`${delivery.kind}.${delivery.id}`)],
  })
  return {
    services,
    compose,
    classify: ({ code }) => (code === 550 ? 'hard' : 'soft'),
    afterRefusal: async () => {},
    onSettled: () => {},
    received,
  }
}

/** As if the relay had refused what it took of these readers: their places in ended batches become rows that were given up. */
export async function refuseAfterwards(db: Db, subscriberId: number): Promise<void> {
  await db.sql(
    `WITH place AS (
       SELECT id, array_position(readers, $1) - 1 AS position FROM batch WHERE $1 = ANY (readers)
     ), bits AS (
       UPDATE batch b SET accepted = set_bit(accepted, position, 0), apart = set_bit(apart, position, 1)
       FROM place p WHERE b.id = p.id
       RETURNING b.id + p.position AS id, b.edition_id, b.created_at, b.due_at, b.expires_at
     ), editions AS (
       UPDATE edition e SET totals = NULL FROM bits WHERE e.id = bits.edition_id
     )
     INSERT INTO delivery (id, kind, edition_id, subscriber_id, lane, status, domain, code, reason, due_at, expires_at,
       created_at, settled_at, attempts)
     SELECT b.id, 'edition', b.edition_id, s.id, 1, 'rejected', s.domain, 554, 'refused', b.due_at, b.expires_at,
       b.created_at, b.due_at, 1
     FROM bits b JOIN subscriber s ON s.id = $1`,
    [subscriberId],
  )
}
