/** The rows that say how far each import came. */
import type { Clock } from '../../clock.js'
import type { Db, Query } from '../../db/client.js'
import { Problem } from '../../errors.js'
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
  status: 'running' | 'done' | 'failed' | 'interrupted'
  dryRun: boolean
  who: string
  source: string | null
  /** Why it failed as a whole. */
  fault: string | null
  startedAt: Date
  updatedAt: Date
  finishedAt: Date | null
}

/** A run that says nothing for so many seconds has lost its process; it says something every five. */
const silentSeconds = 60
const lost = `status = 'running' AND updated_at < $1::timestamptz - make_interval(secs => ${silentSeconds})`
const interruptedFault =
  'The process that ran it has ended. Send the file again: the result is the same as once.'

const columns = `id, CASE WHEN ${lost} THEN 'interrupted' ELSE status END AS status, dry_run AS "dryRun", who,
  source, rows, added, changed, unchanged, faulty,
  CASE WHEN ${lost} THEN '${interruptedFault}' ELSE fault END AS fault,
  started_at AS "startedAt", updated_at AS "updatedAt", finished_at AS "finishedAt"`

/** Says of runs whose process has ended what they show already. */
export async function endLostRuns({ db, clock }: { db: Pick<Db, 'sql'>; clock: Clock }): Promise<void> {
  await db.sql(
    `UPDATE import_run SET status = 'interrupted', fault = '${interruptedFault}', finished_at = $1 WHERE ${lost}`,
    [clock.now()],
  )
}

/** Says that the process of a run is there. */
export async function noteAlive(db: Pick<Db, 'sql'>, id: number, at: Date): Promise<void> {
  await db.sql(`UPDATE import_run SET updated_at = $2 WHERE id = $1 AND status = 'running'`, [id, at])
}

export async function insertRun(
  query: Query,
  run: { dryRun: boolean; who: string; source: string | null; at: Date },
): Promise<number> {
  const [row] = await query<{ id: number }>(
    `INSERT INTO import_run (dry_run, who, source, started_at, updated_at)
     VALUES ($1, $2, $3, $4, $4) RETURNING id`,
    [run.dryRun, run.who, run.source, run.at],
  )
  if (!row) throw new Error('the import was not noted')
  return row.id
}

/** @throws Problem `not-found`. A run whose process has ended shows as interrupted. */
export async function readRun(db: Pick<Db, 'sql'>, id: number, now: Date): Promise<ImportRun> {
  const [row] = await db.sql<ImportRun>(`SELECT ${columns} FROM import_run WHERE id = $2`, [now, id])
  if (!row) throw new Problem('not-found', 'There is no such import.')
  return row
}

/** The newest first, older than the run `before`. */
export function listRuns(
  db: Pick<Db, 'sql'>,
  page: { before: string | null; limit: number },
  now: Date,
): Promise<ImportRun[]> {
  return db.sql<ImportRun>(
    `SELECT ${columns} FROM import_run WHERE ($2::int IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
    [now, page.before, page.limit],
  )
}

/** Writes how far it came, and adds faults. */
export async function noteProgress(
  query: Query,
  id: number,
  report: ImportReport,
  faults: RowFault[],
  at: Date,
): Promise<void> {
  const { rows, added, changed, unchanged, suppressed, refused } = report
  await query(
    `UPDATE import_run SET rows = $2, added = $3, changed = $4, unchanged = $5, faulty = $6, updated_at = $7
     WHERE id = $1`,
    [id, rows, added, changed, unchanged, suppressed + refused, at],
  )
  if (faults.length === 0) return
  await query(
    `INSERT INTO import_fault (run_id, line, reason)
     SELECT $1, line, reason FROM unnest($2::int[], $3::text[]) AS f(line, reason) ON CONFLICT DO NOTHING`,
    [id, faults.map(({ line }) => line), faults.map(({ reason }) => reason)],
  )
}

/** The faults of a run in the order of their lines, read in portions. */
export async function* readFaults(db: Pick<Db, 'sql'>, id: number): AsyncGenerator<RowFault> {
  let last = 0
  for (;;) {
    const rows = await db.sql<RowFault>(
      'SELECT line, reason FROM import_fault WHERE run_id = $1 AND line > $2 ORDER BY line LIMIT 2000',
      [id, last],
    )
    yield* rows
    const end = rows.at(-1)
    if (!end) return
    last = end.line
  }
}
