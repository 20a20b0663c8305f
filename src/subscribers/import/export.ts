/** Writes all subscribers, a page at a time: as CSV that is safe to open in a spreadsheet, or as JSON. */
import { Readable } from 'node:stream'
import { type Stringifier, stringify } from 'csv-stringify'
import type { Db, Row } from '../../db/client.js'

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
]

const pageSize = 2000

/**
 * A stream of CSV (RFC 4180) with a header row that an import reads back. Cells that a spreadsheet would
 * run as a formula begin with an apostrophe.
 */
export function exportSubscribers(db: Pick<Db, 'sql'>): Stringifier {
  const csv = stringify({ header: true, columns, escape_formulas: true })
  writeCsv(db, csv).then(
    () => csv.end(),
    (error: Error) => csv.destroy(error),
  )
  return csv
}

/** A stream of one JSON array, an object for each subscriber. */
export function exportAsJson(db: Pick<Db, 'sql'>): Readable {
  return Readable.from(jsonOf(db))
}

async function* jsonOf(db: Pick<Db, 'sql'>): AsyncGenerator<string> {
  let before = '['
  for await (const rows of pages(db)) {
    yield rows.map((row, i) => `${i === 0 ? before : ','}\n${JSON.stringify(row, columns)}`).join('')
    before = ','
  }
  yield before === '[' ? '[]\n' : '\n]\n'
}

async function writeCsv(db: Pick<Db, 'sql'>, csv: Stringifier): Promise<void> {
  for await (const rows of pages(db)) {
    for (const row of rows) if (!csv.write(row)) await drained(csv)
    if (csv.destroyed) return
  }
}

/** Pages of one row and more. */
async function* pages(db: Pick<Db, 'sql'>): AsyncGenerator<Row[]> {
  for (let after = 0; ; ) {
    const rows = await db.sql<Row & { id: number }>(
      `SELECT id, email, status, frequency, timezone, hour, paused_until::text, source,
              ${['confirmed_at', 'unsubscribed_at', 'created_at'].map(rfc3339).join(', ')}
       FROM subscriber WHERE id > $1 ORDER BY id LIMIT $2`,
      [after, pageSize],
    )
    after = rows.at(-1)?.id ?? after
    if (rows.length > 0) yield rows
    if (rows.length < pageSize) return
  }
}

const rfc3339 = (name: string) =>
  `to_char(${name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS ${name}`

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
