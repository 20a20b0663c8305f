/** Imports subscribers from CSV on behalf of an operator, with its progress kept in a row. */
import type { Readable } from 'node:stream'
import { statement } from '../../db/queries/statement.js'
import { messageOf, Problem } from '../../errors.js'
import type { Services } from '../../services.js'
import { type ImportOptions, type ImportReport, importSubscribers } from '../../subscribers/import/import.js'
import { type Author, writeAudit } from '../audit.js'
import {
  finishRun,
  type ImportRun,
  insertRun,
  noteAlive,
  noteProgress,
  noteReading,
  type RowFault,
  readRun,
} from './runs.js'

type ImportServices = Pick<Services, 'db' | 'clock' | 'secrets' | 'log'>

const analyzeSubscribers = statement({ text: 'ANALYZE subscriber', parameters: [], columns: {} })

const aliveMs = 5_000

export type RunOptions = Pick<ImportOptions, 'confirm' | 'dryRun' | 'source' | 'columns' | 'ignored'>

/** What is told while it goes on, besides the rows that are kept. */
export type Watcher = Pick<ImportOptions, 'onFault' | 'onProgress' | 'onReading'>

/** Notes that an import begins. @returns its id, for {@link runImport}. */
export function beginImport(services: ImportServices, options: RunOptions, author: Author): Promise<number> {
  const { dryRun = false, source = null } = options
  return services.db.transaction('request', async (tx) => {
    const id = await insertRun(tx, { dryRun, source, who: author.who, at: services.clock.now() })
    const change = { action: 'import.begun', target: `import:${id}`, after: { dryRun, source } }
    await writeAudit(tx, services.clock, author, change)
    return id
  })
}

/**
 * Reads the file to its end. A row that cannot be taken is noted with line and reason, and the rest goes in.
 * Begun again after a crash it comes to the same as once. A file that is no CSV ends the run as `failed`.
 */
export async function runImport(
  services: ImportServices,
  id: number,
  csv: Readable,
  options: RunOptions,
  author: Author,
  watcher: Watcher = {},
): Promise<ImportRun> {
  const progress = openProgress(services, id, watcher)
  const alive = setInterval(() => progress.alive(), aliveMs)
  let fault: string | null = null
  try {
    const report = await importSubscribers(services, csv, { ...options, ...progress.hooks })
    progress.hooks.onProgress(report)
  } catch (error) {
    fault = error instanceof Problem ? error.message : 'Something went wrong on our side; see the log.'
    if (!(error instanceof Problem)) services.log.error({ fault: messageOf(error), id }, 'an import failed')
  }
  clearInterval(alive)
  await progress.written()
  await endImport(services, id, fault, author)
  return readRun(services.db, id, services.clock.now())
}

/** Writes what the import reports, one batch after the other, while it goes on. */
function openProgress({ db, clock }: ImportServices, id: number, watcher: Watcher) {
  let faults: RowFault[] = []
  let writing: Promise<void> = Promise.resolve()
  const onFault = (line: number, reason: string) => {
    faults.push({ line, reason })
    watcher.onFault?.(line, reason)
  }
  const onReading = (reading: string) => {
    writing = writing.then(() => noteReading(db, id, reading))
    watcher.onReading?.(reading)
  }
  const onProgress = (report: ImportReport) => {
    watcher.onProgress?.(report)
    const batch = faults
    faults = []
    writing = writing.then(() =>
      db.transaction('job', (tx) => noteProgress(tx, id, report, batch, clock.now())),
    )
  }
  const alive = () => {
    // What is wrong with the database shows where the progress is written.
    writing = writing.then(() => noteAlive(db, id, clock.now()).catch(() => {}))
  }
  return { hooks: { onFault, onProgress, onReading }, alive, written: () => writing }
}

async function endImport(
  services: ImportServices,
  id: number,
  fault: string | null,
  author: Author,
): Promise<void> {
  const at = services.clock.now()
  const run = await readRun(services.db, id, at)
  const { rows, added, changed, unchanged, faulty } = run
  await services.db.transaction('request', async (tx) => {
    await finishRun(tx, id, fault, at)
    const action = fault ? 'import.failed' : 'import.done'
    const after = { rows, added, changed, unchanged, faulty }
    await writeAudit(tx, services.clock, author, { action, target: `import:${id}`, after })
  })
  // Fan-out and lists plan by these figures.
  if (added > 10_000) await services.db.run(analyzeSubscribers, [])
}
