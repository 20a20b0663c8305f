/** Takes subscribers from a CSV file, batch by batch: what is wrong is reported, the rest goes in. */
import type { Readable } from 'node:stream'
import type { Secrets } from '../../config/secrets.js'
import type { Db } from '../../db/client.js'
import { Problem } from '../../errors.js'
import { type AcceptServices, addressCheck } from '../admission/accept-address.js'
import { emailKey } from '../address.js'
import { type CsvFault, type CsvRecord, csvRecords } from './csv-lines.js'
import { type ImportRow, readRow } from './import-row.js'
import { storeBatch, tryBatch } from './import-store.js'
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
  /** A line that did not go in; the reason names no address. */
  onFault?(line: number, reason: string): void
  onProgress?(report: ImportReport): void
}

export const importFields = ['email', 'status', 'frequency', 'timezone', 'source'] as const

export type ColumnNames = Partial<Record<(typeof importFields)[number], string>>

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
 * Reads a CSV (RFC 4180, UTF-8) with a header row: `email` and, if wanted, `status`, `frequency`, `timezone`
 * and `source`; other columns are passed over. May be stopped at any time and run again: the outcome is that
 * of one run.
 * @throws Problem `invalid` when there is no header row with `email`.
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
  for await (const { line, fields } of linesOf(csv, report, fault, options.columns ?? {})) {
    const row = await readRow(line, fields, accept).catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error
      fault(line, error.message)
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

type Line = { line: number; fields: Record<string, string> }

async function* linesOf(
  csv: Readable,
  report: ImportReport,
  fault: (line: number, reason: string) => void,
  wanted: ColumnNames,
): AsyncGenerator<Line> {
  let names: string[] | undefined
  for await (const record of csvRecords(csv)) {
    if (!names) {
      names = columnsOf(record, wanted)
      continue
    }
    report.rows += 1
    if ('reason' in record) fault(record.line, record.reason)
    else if (record.cells.length !== names.length) {
      fault(record.line, `the line has ${record.cells.length} fields and the header ${names.length}`)
    } else yield { line: record.line, fields: fieldsOf(names, record.cells) }
  }
  if (!names) throw noHeader()
}

function fieldsOf(names: string[], cells: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']))
}

/** The names of the columns, each called after its field where it has one. */
function columnsOf(record: CsvRecord | CsvFault, wanted: ColumnNames): string[] {
  const headers = 'cells' in record ? record.cells.map((name) => name.toLowerCase()) : []
  const fields = new Map(importFields.map((field) => [(wanted[field] ?? field).toLowerCase(), field]))
  const columns = headers.map((header) => fields.get(header) ?? '')
  const missing = importFields.find((field) => wanted[field] !== undefined && !columns.includes(field))
  if (missing) throw new Problem('invalid', `The header row has no column named ${wanted[missing]}.`)
  if (!columns.includes('email')) throw noHeader()
  return columns
}

function noHeader(): Problem {
  return new Problem('invalid', 'The file must begin with a header row that has a column named email.')
}
