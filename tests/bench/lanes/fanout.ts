/** Fan-out to a million readers against the bare statement, and the memory of a worker that sends from it. */
import { systemClock } from '../../../src/clock.js'
import { fanOut } from '../../../src/deliveries/editions/fan-out.js'
import { addEdition, addReaders } from '../../support/ledger.js'
import type { Context, Lane, Row } from '../lane.js'
import { compiled } from '../mail.js'
import { openSink } from '../sink.js'
import { clear, sendWith } from '../workers.js'

const bare = `INSERT INTO delivery (kind, edition_id, subscriber_id, lane, status, domain, due_at)
  SELECT 'edition', $1, id, 1, 'due', domain, $2 FROM subscriber WHERE status = 'active'`

export const fanout: Lane = {
  name: 'fanout',
  run: async (context) => {
    const { db, quick, tell } = context
    const readers = quick ? 50_000 : 1_000_000
    tell(`fan-out to ${readers} readers`)
    await addReaders(db, readers, { domains: ['one.example', 'two.example', 'three.example'] })
    await db.sql('VACUUM ANALYZE subscriber')
    const times: { bare: number[]; ours: number[] } = { bare: [], ours: [] }
    for (let round = 0; round < 2; round += 1) {
      times.bare.push(await timed(context, (id) => db.sql(bare, [id, new Date()])))
      times.ours.push(
        await timed(context, (id) =>
          fanOut({ db, clock: systemClock, config: { timezone: 'UTC', canaryPercent: 0 } }, id),
        ),
      )
    }
    const [least, ours] = [Math.min(...times.bare), Math.min(...times.ours)]
    const rows: Row[] = [
      { lane: `fan-out to ${readers.toLocaleString('en')}, bare INSERT … SELECT`, value: least, unit: 's' },
      {
        lane: `fan-out to ${readers.toLocaleString('en')}`,
        value: ours,
        unit: 's',
        peer: 'the bare statement',
        ratio: ours / least,
        target: '<= 0.15',
      },
      await memory(context, readers),
    ]
    await clear(db)
    return rows
  },
}

/** Seconds; what was written is gone afterwards. */
async function timed({ db }: Context, statement: (editionId: number) => Promise<unknown>): Promise<number> {
  const editionId = await addEdition(db, { sendAt: new Date(), compiled })
  await db.sql('CHECKPOINT')
  const began = performance.now()
  await statement(editionId)
  const seconds = (performance.now() - began) / 1000
  await db.sql('TRUNCATE delivery, attempt, batch, batch_settle, edition_domain CASCADE')
  return seconds
}

async function memory(context: Context, readers: number): Promise<Row> {
  const { db, quick } = context
  const editionId = await addEdition(db, { sendAt: new Date(), compiled })
  await fanOut({ db, clock: systemClock, config: { timezone: 'UTC', canaryPercent: 0 } }, editionId)
  const sink = await openSink()
  const sent = await sendWith(context, { sink, editionId, messages: quick ? 5_000 : 50_000, workers: 1 })
  sink.close()
  return {
    lane: `peak memory of a worker, ${readers.toLocaleString('en')} deliveries due`,
    value: sent.peakMb,
    unit: 'MB',
    target: '<= 200',
  }
}
