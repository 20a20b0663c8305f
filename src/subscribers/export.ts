/** Writes all subscribers as CSV, a page at a time, safe to open in a spreadsheet. */
import { type Stringifier, stringify } from 'csv-stringify'
import type { Db, Row } from '../db/client.js'

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
  pages(db, csv).then(
    () => csv.end(),
    (error: Error) => csv.destroy(error),
  )
  return csv
}

async function pages(db: Pick<Db, 'sql'>, csv: Stringifier): Promise<void> {
  for (let after = 0; ; ) {
    const rows = await db.sql<Row & { id: number }>(
      `SELECT id, email, status, frequency, timezone, hour, paused_until::text, source,
              ${['confirmed_at', 'unsubscribed_at', 'created_at'].map(rfc3339).join(', ')}
       FROM subscriber WHERE id > $1 ORDER BY id LIMIT $2`,
      [after, pageSize],
    )
    for (const { id, ...row } of rows) {
      after = id
      if (!csv.write(row)) await drained(csv)
    }
    if (rows.length < pageSize || csv.destroyed) return
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
