/** Writes all subscribers, a page at a time: as CSV that is safe to open in a spreadsheet, or as JSON. */
import { Readable } from 'node:stream'
import { type Stringifier, stringify } from 'csv-stringify'
import { utcDay } from '../../clock.js'
import type { Queries } from '../../db/client.js'

const columns = [
  'email',
  'status',
  'frequency',
  'timezone',
  'hour',
  'paused_until',
  'source',
  'confirmed_at',
  'unsubscribed_at',
  'created_at',
] as const

const pageSize = 2000

/**
 * A stream of CSV (RFC 4180) with a header row that an import reads back. Cells that a spreadsheet would
 * run as a formula begin with an apostrophe.
 */
export function exportSubscribers(db: Queries): Stringifier {
  const csv = stringify({ header: true, columns: [...columns], escape_formulas: true })
  writeCsv(db, csv).then(
    () => csv.end(),
    (error: Error) => csv.destroy(error),
  )
  return csv
}

/** A stream of one JSON array, an object for each subscriber. */
export function exportAsJson(db: Queries): Readable {
  return Readable.from(jsonOf(db))
}

async function* jsonOf(db: Queries): AsyncGenerator<string> {
  let before = '['
  for await (const rows of pages(db)) {
    yield rows.map((row, i) => `${i === 0 ? before : ','}\n${JSON.stringify(row, [...columns])}`).join('')
    before = ','
  }
  yield before === '[' ? '[]\n' : '\n]\n'
}

async function writeCsv(db: Queries, csv: Stringifier): Promise<void> {
  for await (const rows of pages(db)) {
    for (const row of rows) if (!csv.write(row)) await drained(csv)
    if (csv.destroyed) return
  }
}

/** Pages of one row and more. */
async function* pages(db: Queries): AsyncGenerator<Row[]> {
  for (let after = 0; ; ) {
    const rows = await subscribersAfter(db, after)
    after = rows.at(-1)?.id ?? after
    if (rows.length > 0) yield rows.map(rowOf)
    if (rows.length < pageSize) return
  }
}

const subscribersAfter = (db: Queries, id: number) =>
  db.models.subscriber.findMany({ where: { id: { gt: id } }, orderBy: { id: 'asc' }, take: pageSize })

type Subscriber = Awaited<ReturnType<typeof subscribersAfter>>[number]
type Row = Record<(typeof columns)[number], string | number | null>

function rowOf(row: Subscriber): Row {
  const { email, status, frequency, timezone, hour, source } = row
  return {
    email,
    status,
    frequency,
    timezone,
    hour,
    paused_until: row.pausedUntil && utcDay(row.pausedUntil),
    source,
    confirmed_at: row.confirmedAt && wholeSeconds(row.confirmedAt),
    unsubscribed_at: row.unsubscribedAt && wholeSeconds(row.unsubscribedAt),
    created_at: wholeSeconds(row.createdAt),
  }
}

/** RFC 3339, in UTC. */
const wholeSeconds = (at: Date) => at.toISOString().replace(/\.\d+Z$/, 'Z')

function drained(csv: Stringifier): Promise<void> {
  if (csv.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      csv.off('drain', done).off('close', done)
      resolve()
    }
    csv.once('drain', done).once('close', done)
  })
}
