/** The rows that say how far each import came. */
import type { Clock } from '../../clock.js'
import type { Queries, Tx } from '../../db/client.js'
import { type ColumnValue, narrow } from '../../db/queries/columns.js'
import { int, ints, texts } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { Problem } from '../../errors.js'
import { maskAddresses } from '../../format/mask-addresses.js'
import type { ImportReport } from '../../subscribers/import/import.js'

export type RowFault = { line: number; reason: string }

export type ImportRun = {
  /** Rows read so far, without the header. */
  rows: number
  added: number
  /** Known subscribers whose status changed. */
  changed: number
  unchanged: number
  /** Rows left out, each with its reason. */
  faulty: number
  id: number
  /** `interrupted`: its process has ended, and the file is to be sent again. */
  status: ColumnValue<'importRun', 'status'>
  dryRun: boolean
  who: string
  source: string | null
  /** How the file was read: whose export, encoding, delimiter, columns. */
  reading: string | null
  /** Why it failed as a whole. */
  fault: string | null
  startedAt: Date
  updatedAt: Date
  finishedAt: Date | null
}

/** A run that says nothing for so many seconds has lost its process; it says something every five. */
const silentSeconds = 60
const interruptedFault =
  'The process that ran it has ended. Send the file again: the result is the same as once.'

/** A run that was last heard of before then has lost its process. */
const silentSince = (now: Date) => new Date(now.getTime() - silentSeconds * 1000)

/** As it is, or as {@link endLostRuns} will leave it. */
function asSeenAt(now: Date, row: Omit<ImportRun, 'status'> & { status: string }): ImportRun {
  const run = narrow('importRun', row)
  const isLost = run.status === 'running' && run.updatedAt < silentSince(now)
  return isLost ? { ...run, status: 'interrupted', fault: interruptedFault } : run
}

/** Says of runs whose process has ended what they show already. */
export async function endLostRuns({ db, clock }: { db: Queries; clock: Clock }): Promise<void> {
  const now = clock.now()
  await db.tables
    .updateTable('import_run')
    .set({ status: 'interrupted', fault: interruptedFault, finished_at: now })
    .where('status', '=', 'running')
    .where('updated_at', '<', silentSince(now))
    .execute()
}

/** Says that the process of a run is there. */
export async function noteAlive(db: Queries, id: number, updatedAt: Date): Promise<void> {
  await db.models.importRun.updateMany({ where: { id, status: 'running' }, data: { updatedAt } })
}

/** Says how its file is read. */
export async function noteReading(db: Queries, id: number, reading: string): Promise<void> {
  await db.models.importRun.updateMany({ where: { id }, data: { reading } })
}

export async function insertRun(
  tx: Tx,
  run: { dryRun: boolean; who: string; source: string | null; at: Date },
): Promise<number> {
  const { at, source, ...data } = run
  const masked = source && maskAddresses(source)
  const row = { ...data, source: masked, startedAt: at, updatedAt: at }
  const { id } = await tx.models.importRun.create({ data: row })
  return id
}

/** @throws Problem `not-found`. A run whose process has ended shows as interrupted. */
export async function readRun(db: Queries, id: number, now: Date): Promise<ImportRun> {
  const run = await db.models.importRun.findUnique({ where: { id } })
  if (!run) throw new Problem('not-found', 'There is no such import.')
  return asSeenAt(now, run)
}

/** The newest first, older than the run `before`. */
export async function listRuns(
  db: Queries,
  page: { before: string | null; limit: number },
  now: Date,
): Promise<ImportRun[]> {
  const runs = await db.models.importRun.findMany({
    ...(page.before !== null && { where: { id: { lt: Number(page.before) } } }),
    orderBy: { id: 'desc' },
    take: page.limit,
  })
  return runs.map((run) => asSeenAt(now, run))
}

/** Ends a run, with its fault if it failed. */
export async function finishRun(tx: Tx, id: number, fault: string | null, at: Date): Promise<void> {
  const status = fault ? 'failed' : 'done'
  await tx.models.importRun.update({ where: { id }, data: { status, fault, finishedAt: at, updatedAt: at } })
}

const insertFaults = statement({
  text: `INSERT INTO import_fault (run_id, line, reason)
    SELECT $1, line, reason FROM unnest($2::int[], $3::text[]) AS f(line, reason) ON CONFLICT DO NOTHING`,
  parameters: [int, ints, texts],
  columns: {},
})

/** Writes how far it came, and adds faults. */
export async function noteProgress(
  tx: Tx,
  id: number,
  report: ImportReport,
  faults: RowFault[],
  updatedAt: Date,
): Promise<void> {
  const { rows, added, changed, unchanged, suppressed, refused } = report
  await tx.models.importRun.update({
    where: { id },
    data: { rows, added, changed, unchanged, faulty: suppressed + refused, updatedAt },
  })
  if (faults.length === 0) return
  const lines = faults.map(({ line }) => line)
  const reasons = faults.map(({ reason }) => reason)
  await tx.run(insertFaults, [id, lines, reasons])
}

/** The faults of a run in the order of their lines, read in portions. */
export async function* readFaults(db: Queries, runId: number): AsyncGenerator<RowFault> {
  let last = 0
  for (;;) {
    const rows = await db.models.importFault.findMany({
      select: { line: true, reason: true },
      where: { runId, line: { gt: last } },
      orderBy: { line: 'asc' },
      take: 2000,
    })
    yield* rows
    const end = rows.at(-1)
    if (!end) return
    last = end.line
  }
}
