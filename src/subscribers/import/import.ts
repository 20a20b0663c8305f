/** Takes subscribers from a CSV file, batch by batch: what is wrong is reported, the rest goes in. */
import type { Readable } from 'node:stream'
import type { Secrets } from '../../config/secrets.js'
import type { Db } from '../../db/client.js'
import { Problem } from '../../errors.js'
import { type AcceptServices, addressCheck } from '../admission/accept-address.js'
import { emailKey } from '../address.js'
import { storeBatch, tryBatch } from './import-store.js'
import { type ColumnNames, type Columns, noHeader, readHeader } from './reading/columns.js'
import { type CsvRecord, openCsv } from './reading/csv-lines.js'
import { describeReading } from './reading/describe.js'
import { type ImportRow, readRow } from './reading/import-row.js'
import { retrying } from '../retry.js'

export type ImportOptions = {
  /** Owe confirmations instead of vouching for consent. */
  confirm?: boolean
  /** Counts and reports everything, and changes nothing. */
  dryRun?: boolean
  /** Where consent was given, for lines that have no source of their own. */
  source?: string | null
  /** The header of the column that has a field, where it is not the field's own name. */
  columns?: ColumnNames
  /** Headers of columns to pass over that would be refused because they may say who wants no mail. */
  ignored?: readonly string[]
  /** How the file is read: whose export, encoding, delimiter, columns. */
  onReading?: (reading: string) => void
  /** A line that did not go in; the reason names no address. */
  onFault?(line: number, reason: string): void
  onProgress?(report: ImportReport): void
}

export type ImportReport = {
  /** Lines read, the header aside. */
  rows: number
  added: number
  /** Known, and now in another status. */
  changed: number
  /** Known, or in the file twice. */
  unchanged: number
  suppressed: number
  refused: number
}

type ImportServices = AcceptServices & { db: Db; secrets: Secrets }

const batchSize = 1000

/**
 * Reads a CSV with a header row: `email` and, if wanted, `status`, `frequency`, `timezone`, `source` and what
 * else our own export has; or the export of another service, where whoever opted out is not active here.
 * May be stopped at any time and run again: the outcome is that of one run.
 * @throws Problem `invalid` when there is no header row with `email`, or one that is not understood.
 */
export async function importSubscribers(
  services: ImportServices,
  csv: Readable,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const report = { rows: 0, added: 0, changed: 0, unchanged: 0, suppressed: 0, refused: 0 }
  const fault = (line: number, reason: string) => {
    report.refused += 1
    options.onFault?.(line, reason)
  }
  const accept = addressCheck(services)
  let batch = new Map<string, ImportRow>()
  const flush = async () => {
    const rows = [...batch.values()]
    batch = new Map()
    await writeBatch(services, rows, report, options)
    options.onProgress?.({ ...report })
  }
  // A dry run leaves nothing in the database by which a later line could be known.
  const seen = new Set<string>()
  for await (const { columns, record } of recordsOf(csv, report, fault, options)) {
    const now = services.clock.now()
    const row = await readRow(columns, record, now, accept).catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error
      fault(record.line, error.message)
    })
    if (!row) continue
    const key = emailKey(row.email)
    // The second of two lines for one address finds what the first one did.
    if (batch.has(key) && batch.get(key)?.status !== row.status) await flush()
    if (batch.has(key) || seen.has(key)) report.unchanged += 1
    else batch.set(key, { ...row, source: row.source ?? options.source ?? null })
    if (options.dryRun) seen.add(key)
    if (batch.size === batchSize) await flush()
  }
  await flush()
  return report
}

async function writeBatch(
  services: ImportServices,
  rows: ImportRow[],
  report: ImportReport,
  options: ImportOptions,
): Promise<void> {
  if (rows.length === 0) return
  const settings = { confirm: options.confirm ?? false, at: services.clock.now() }
  const store = options.dryRun ? tryBatch : storeBatch
  const done = await retrying(() => store(services.db, services.secrets, rows, settings))
  report.added += done.added
  report.changed += done.changed
  report.suppressed += done.suppressed.length
  report.unchanged += rows.length - done.added - done.changed - done.suppressed.length
  for (const line of done.suppressed) options.onFault?.(line, 'the address is on the suppression list')
}

async function* recordsOf(
  file: Readable,
  report: ImportReport,
  fault: (line: number, reason: string) => void,
  { columns: wanted = {}, ignored = [], onReading }: ImportOptions,
): AsyncGenerator<{ columns: Columns; record: CsvRecord }> {
  const { encoding, delimiter, records } = await openCsv(file)
  let columns: Columns | undefined
  for await (const record of records) {
    if (!columns) {
      if ('reason' in record) throw noHeader()
      columns = readHeader(record.cells, wanted, ignored)
      onReading?.(describeReading(encoding, delimiter, columns))
      continue
    }
    report.rows += 1
    if ('reason' in record) fault(record.line, record.reason)
    else yield { columns, record }
  }
  if (!columns) throw noHeader()
}
