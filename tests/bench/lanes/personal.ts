/** Personal editions for half of the readers: choosing and writing down, what the ledger keeps of it, and sending. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Db } from '../../../src/db/client.js'
import { systemClock } from '../../../src/clock.js'
import { fanOut } from '../../../src/deliveries/editions/fan-out.js'
import { choosingFlags } from '../../../src/editions/personal/choosing/choose-apart.js'
import { compileEdition } from '../../../src/editions/compiling/compile.js'
import { addEdition, addReaders } from '../../support/ledger.js'
import { fillPapers } from '../../support/many-papers.js'
import { editionOf, shownPapers } from '../../support/shown-papers.js'
import type { Context, Lane, Row } from '../lane.js'
import { openSink } from '../sink.js'
import { clear, sendWith } from '../workers.js'

const followed = 5
const answered = 10

export const personal: Lane = {
  name: 'personal',
  byNameOnly: true,
  run: async (context) => {
    const { db, quick, tell } = context
    const readers = context.readers ?? (quick ? 5_000 : 100_000)
    await fillPapers(db, 4_000)
    await addReaders(db, readers, { domains: ['one.example', 'two.example', 'three.example'] })
    await addTastes(db)
    await db.sql('VACUUM ANALYZE')
    tell(`choosing for half of ${readers.toLocaleString('en')} readers`)
    const editionId = await personalEdition(db)
    const { chosen, seconds, peakMb } = await choose(context, editionId)
    await fanOut({ db, clock: systemClock, config: { timezone: 'UTC', canaryPercent: 0 } }, editionId)
    const rows: Row[] = [
      {
        lane: `choosing ${chosen.toLocaleString('en')} personal editions`,
        value: seconds,
        unit: 's',
        target: '<= 60',
      },
      { lane: 'memory of the process that chooses, all in all', value: peakMb, unit: 'MB', target: '<= 300' },
      await stored(db, readers),
      await sending(context, editionId, readers),
    ]
    await clear(db)
    return rows
  },
}

type Chose = { chosen: number; seconds: number; peakMb: number }

/** In a process of its own, as nobody else's memory tells how much it takes. */
async function choose({ databaseUrl: url }: Context, editionId: number): Promise<Chose> {
  const child = fork(fileURLToPath(new URL('../processes/choose.mjs', import.meta.url)), [], {
    execArgv: choosingFlags,
  })
  const failed = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`choosing ended with ${code}`)),
  )
  child.send({ url, editionId })
  const [chose] = (await Promise.race([failed, once(child, 'message')])) as [Chose]
  failed.catch(() => undefined)
  return chose
}

/** Every other reader follows some keywords and authors, and has answered to some papers. */
async function addTastes(db: Db): Promise<void> {
  await db.sql(
    `INSERT INTO interest (subscriber_id, n, kind, key, label, created_at)
     SELECT s.id, i, CASE WHEN i % 2 = 0 THEN 'keyword' ELSE 'author' END,
       CASE WHEN i % 2 = 0 THEN p.keywords[1] ELSE p.authors[1] END || CASE WHEN i > 3 THEN i::text ELSE '' END, 'x', now()
     FROM subscriber s, generate_series(1, $1::int) i,
       LATERAL (SELECT keywords, authors FROM paper ORDER BY id OFFSET (s.id * 7 + i * 131) % 4000 LIMIT 1) p
     WHERE s.id % 2 = 0 AND s.id % 40 = 0 ON CONFLICT DO NOTHING`,
    [followed],
  )
  // Looking each paper up by offset is slow: the others take over the interests of a twentieth of them.
  await db.sql(
    `INSERT INTO interest (subscriber_id, n, kind, key, label, created_at)
     SELECT s.id, i.n, i.kind, i.key, i.label, i.created_at FROM subscriber s
     JOIN interest i ON i.subscriber_id = s.id - s.id % 40 WHERE s.id % 2 = 0 AND s.id % 40 <> 0 ON CONFLICT DO NOTHING`,
  )
  await db.sql(
    `WITH numbered AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS at FROM paper)
     INSERT INTO feedback (subscriber_id, paper_id, n, answer, at)
     SELECT s.id, p.id, i, CASE WHEN i % 3 = 0 THEN 'less' ELSE 'more' END, now() - i * interval '1 day'
     FROM subscriber s, generate_series(1, $1::int) i, numbered p
     WHERE s.id % 2 = 0 AND p.at = (s.id * 13 + i * 397) % 4000`,
    [answered],
  )
}

/** Of yesterday, with a week of twenty papers a day to choose from. */
async function personalEdition(db: Db): Promise<number> {
  await db.sql(
    `WITH week AS (SELECT id, row_number() OVER (ORDER BY published_at DESC, id) AS at FROM paper LIMIT 140), gone AS (
       DELETE FROM listing WHERE paper_id IN (SELECT id FROM week)
     ) SELECT 1`,
  )
  await db.sql(
    `INSERT INTO listing (day, paper_id) SELECT current_date - 1 - ((row_number() OVER (ORDER BY published_at DESC, id) - 1) / 20)::int, id
     FROM paper ORDER BY published_at DESC, id LIMIT 140`,
  )
  const compiled = await compileEdition(editionOf(shownPapers(10)))
  const id = await addEdition(db, { sendAt: new Date(), compiled })
  await db.sql('UPDATE edition SET day = current_date - 1 WHERE id = $1', [id])
  return id
}

/** With indexes and dead rows; the orders that waited for fan-out are gone by then. */
async function stored(db: Db, readers: number): Promise<Row> {
  const [row] = await db.sql<{ bytes: number }>(
    `SELECT (pg_total_relation_size('batch') + pg_total_relation_size('edition_domain'))::int AS bytes`,
  )
  return {
    lane: 'what the ledger keeps',
    value: (row?.bytes ?? 0) / readers,
    unit: 'B a mail',
    target: '<= 60',
  }
}

/** Mails of the one and the other kind go out in one edition, the personal batches first. */
async function sending(context: Context, editionId: number, readers: number): Promise<Row> {
  const { db } = context
  const half = Math.floor(readers / 2)
  const messages = Math.min(half, 20_000)
  const sink = await openSink()
  try {
    await db.sql(
      `UPDATE batch SET due_at = due_at + interval '1 day', expires_at = expires_at + interval '2 days' WHERE orders IS NULL`,
    )
    const own = await sendWith(context, { sink, editionId, messages, workers: 1 })
    await db.sql(
      `UPDATE batch SET due_at = now() + interval '1 day' WHERE status = 'due' AND orders IS NOT NULL`,
    )
    await db.sql(
      `UPDATE batch SET due_at = due_at - interval '1 day', status = CASE status WHEN 'claimed' THEN 'due' ELSE status END, claim = NULL, lease_until = NULL WHERE orders IS NULL`,
    )
    const common = await sendWith(context, { sink, editionId, messages, workers: 1 })
    return {
      lane: 'sending personal editions, CPU',
      value: own.cpuMsPerMessage,
      unit: 'ms a message',
      peer: 'the common edition',
      ratio: own.cpuMsPerMessage / common.cpuMsPerMessage,
      target: '<= 1.1',
    }
  } finally {
    sink.close()
  }
}
