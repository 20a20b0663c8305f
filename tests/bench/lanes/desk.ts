/** The desk, the metrics and a reader's history after ten editions to a million readers, and sign-ups during a send. */
import { randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import type { FastifyInstance } from 'fastify'
import { readConfig } from '../../../src/config/config.js'
import type { Db } from '../../../src/db/client.js'
import { fanOut } from '../../../src/deliveries/editions/fan-out.js'
import { keepLedger } from '../../../src/deliveries/editions/rescue.js'
import { releaseBatches } from '../../../src/deliveries/ledger/release.js'
import { buildServer } from '../../../src/http/server.js'
import { silentLog } from '../../../src/log.js'
import type { Services } from '../../../src/services.js'
import { addEdition } from '../../support/ledger.js'
import { testServices } from '../../support/services.js'
import { signIn } from '../../support/sign-in.js'
import type { Context, Lane, Row } from '../lane.js'
import { compiled } from '../mail.js'
import { openSink } from '../sink.js'
import { signUp, startSignups, stopSignups } from '../signup-server.js'
import { clear, sendWith } from '../workers.js'

const editions = 10
const lastDay = Date.parse('2026-07-10T06:00:00Z')
const key = 'an-admin-key-of-the-benchmark-0123456789'
const repetitions = 5
/** One mail of so many is not accepted at once, and is a row with tries of its own. */
const exceptional = 200

export const desk: Lane = {
  name: 'desk',
  byNameOnly: true,
  run: async (context) => {
    const { db, tell } = context
    const readers = context.readers ?? (context.quick ? 20_000 : 1_000_000)
    tell(`adding ${readers.toLocaleString('en')} readers`)
    await addReadersOfManyDomains(db, readers)
    const periods: string[] = []
    for (let n = 0; n < editions; n += 1) {
      tell(`edition ${n + 1} of ${editions}`)
      periods.push(await sentEdition(db, new Date(lastDay - (editions - 1 - n) * 86_400_000)))
    }
    await db.sql('VACUUM ANALYZE')
    const clock = { now: () => new Date(lastDay + 7_200_000) }
    const services = await testServices(db, { ADMIN_KEY: key }, { clock })
    const app = await buildServer(services)
    try {
      return [
        ...(await measure(app, services, periods.at(-1) ?? '', readers, tell)),
        await signingUpDuringSend(context),
      ]
    } finally {
      await app.close()
      await clear(db)
    }
  },
}

async function measure(
  app: FastifyInstance,
  { db }: Services,
  period: string,
  readers: number,
  tell: Context['tell'],
): Promise<Row[]> {
  const cookie = await signIn(app, key)
  const someone = await db.models.subscriber.findFirstOrThrow({
    skip: Math.floor(readers / 3),
    orderBy: { id: 'asc' },
  })
  const bearer = { authorization: `Bearer ${key}` }
  const pages = {
    metrics: '/metrics',
    overview: '/admin',
    editions: '/admin/editions',
    edition: `/admin/editions/${period}`,
    'who did not get it': `/admin/editions/${period}/deliveries`,
    subscribers: '/admin/subscribers',
    'subscribers found by a part of an address': '/admin/subscribers?q=r77123',
    'subscribers, none found': '/admin/subscribers?q=nobody-has-this',
    'one reader with their history': `/admin/subscribers/${someone.id}`,
    suppressions: '/admin/suppressions',
    domains: '/admin/domains',
    'bounces and complaints': '/admin/bounces',
    health: '/admin/health',
    papers: '/admin/papers',
    settings: '/admin/settings',
    audit: '/admin/audit',
  }
  const rows: Row[] = []
  for (const [name, url] of Object.entries(pages)) {
    tell(name)
    const value = await median(() => timed(app, url, { cookie, ...bearer }))
    rows.push({
      lane: `${editions} editions of ${readers.toLocaleString('en')}: ${name}`,
      value,
      unit: 'ms',
      target: '<= 300',
    })
  }
  const history = await median(async () => {
    const began = performance.now()
    await db.sql('SELECT * FROM mails_of($1)', [someone.id])
    return performance.now() - began
  })
  rows.push({ lane: 'a reader’s history', value: history, unit: 'ms', target: '<= 50' })
  return rows
}

/** Twenty people at a time sign up while one worker sends another edition to the same readers. */
async function signingUpDuringSend(context: Context): Promise<Row> {
  const { db, quick, tell } = context
  const clock = { now: () => new Date() }
  const editionId = await addEdition(db, { sendAt: clock.now(), compiled })
  await fanOut({ db, clock, config: { timezone: 'UTC', canaryPercent: 0 } }, editionId)
  await db.sql('ANALYZE batch')
  tell('signing up during a send')
  const sink = await openSink()
  const server = await startSignups(context, 'ours')
  const times: number[] = []
  const over = new AbortController()
  const one = async (_: unknown, person: number) => {
    for (let n = 0; !over.signal.aborted; n += 1) {
      const began = performance.now()
      const { status } = await signUp(server, `during-${person}-${n}@readers.example`)
      if (status !== 202) throw new Error(`a sign-up was answered with ${status}`)
      times.push(performance.now() - began)
    }
  }
  try {
    const people = Promise.all(Array.from({ length: 20 }, one))
    const sent = sendWith(context, { sink, editionId, messages: quick ? 5_000 : 20_000, workers: 1 })
    await Promise.race([sent, people])
    over.abort()
    await Promise.all([sent, people])
  } finally {
    over.abort()
    await stopSignups(server)
    sink.close()
  }
  times.sort((a, b) => a - b)
  return {
    lane: 'p95 of a sign-up, 20 at once during a send',
    value: times[Math.floor(times.length * 0.95)] ?? Number.NaN,
    unit: 'ms',
    target: '<= 250',
  }
}

async function timed(app: FastifyInstance, url: string, headers: Record<string, string>): Promise<number> {
  const began = performance.now()
  const answer = await app.inject({ url, headers })
  if (answer.statusCode !== 200) throw new Error(`${url} was answered ${answer.statusCode}`)
  return performance.now() - began
}

async function median(measured: () => Promise<number>): Promise<number> {
  const all: number[] = []
  for (let n = 0; n < repetitions; n += 1) all.push(await measured())
  return all.toSorted((a, b) => a - b)[repetitions >> 1] ?? Number.NaN
}

/** Half of them at three large domains, the others at many small ones. */
async function addReadersOfManyDomains(db: Db, readers: number): Promise<void> {
  await db.sql(
    `INSERT INTO subscriber (email, email_key, domain, status, frequency, created_at, confirmed_at)
     SELECT address, address, domain, 'active', 'daily', at, at
     FROM (SELECT domain, 'r' || n || '@' || domain AS address, timestamptz '2026-01-01' + n % 180 * interval '1 day' AS at
           FROM (SELECT n, CASE WHEN n % 2 = 0 THEN 'large' || n % 3 ELSE 'small' || n % 5000 END || '.example' AS domain
                 FROM generate_series(1, $1::int) n) d) x`,
    [readers],
  )
  await db.sql('ANALYZE subscriber')
}

/** Fanned out, released and finished by the real statements; only what relays said is filled in. */
async function sentEdition(db: Db, sendAt: Date): Promise<string> {
  const period = sendAt.toISOString().slice(0, 10)
  const clock = { now: () => sendAt }
  const [row] = await db.sql<{ id: number }>(
    `INSERT INTO edition (kind, period, day, number, status, subject, papers, compiled, send_at, frozen_at)
     VALUES ('daily', $1::text, $1::text::date, (SELECT coalesce(max(number), 0) + 1 FROM edition), 'frozen', 'Papers', '[]', $2, $3, $3)
     RETURNING id`,
    [period, JSON.stringify(compiled), sendAt],
  )
  if (!row) throw new Error('no edition')
  await fanOut({ db, clock, config: { timezone: 'UTC', canaryPercent: 0 } }, row.id)
  const claim = randomUUID()
  await db.sql(
    `UPDATE batch b SET status = 'claimed', claim = $2, lease_until = $3::timestamptz + interval '1 hour',
       apart = x.apart, accepted = ~x.apart, settles = 1
     FROM (SELECT id, string_agg(CASE WHEN (id / 1024 + n) % $4 = 0 THEN '1' ELSE '0' END, '' ORDER BY n)::varbit AS apart
           FROM batch, generate_series(1, cardinality(readers)) n WHERE edition_id = $1 GROUP BY id) x
     WHERE b.id = x.id`,
    [row.id, claim, sendAt, exceptional],
  )
  await db.sql(
    `INSERT INTO batch_settle (batch_id, n, at, code, relay, places, reply, ends)
     SELECT b.id, (g / 18)::smallint, $2, 250, 'relay.example:25',
       (SELECT array_agg(p::smallint) FROM generate_series(g, least(g + 17, cardinality(b.readers) - 1)) p
        WHERE get_bit(b.accepted, p) = 1), '2.0.0 Ok: queued as ', repeat(E'4ABCDEF01234\\n', 18)
     FROM batch b, generate_series(0, cardinality(b.readers) - 1, 18) g WHERE b.edition_id = $1`,
    [row.id, sendAt],
  )
  await db.sql(
    `WITH rows AS (
       INSERT INTO delivery (id, kind, edition_id, subscriber_id, lane, status, domain, code, reason, due_at, expires_at,
         created_at, settled_at, attempts)
       SELECT b.id + p.n - 1, 'edition', b.edition_id, p.reader, 1, 'rejected', s.domain, 550, 'hard', b.due_at,
         b.expires_at, b.created_at, $2, 1
       FROM batch b CROSS JOIN LATERAL unnest(b.readers) WITH ORDINALITY AS p(reader, n)
       JOIN subscriber s ON s.id = p.reader
       WHERE b.edition_id = $1 AND get_bit(b.apart, p.n::int - 1) = 1 RETURNING id)
     INSERT INTO attempt (delivery_id, at, relay, outcome, code, reply)
     SELECT id, $2, 'relay.example:25', 'rejected', 550, 'no such user' FROM rows`,
    [row.id, sendAt],
  )
  await releaseBatches(db, [claim], sendAt)
  await keepLedger({ db, clock, log: silentLog, config: readConfig({}) })
  return period
}
