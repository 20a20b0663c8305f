/** Looks at a source for a day and keeps what it found, whole or not at all. */
import { addDays, type Clock, type Day } from '../clock.js'
import type { Db } from '../db/client.js'
import type { Log } from '../log.js'
import { renderSoon } from './html/render.js'
import { type DayList, type Source, SourceError } from './source.js'
import { storePapers } from './store.js'
import { type LookRow, storeLook } from './store-look.js'

export type IngestServices = { db: Db; clock: Clock; log: Log }

/** What a look brought: `failed` is not `empty`, and says why in `fault`. */
export type IngestReport = LookRow & {
  /** Papers that were not known before. */
  added: number
}

/**
 * Looks once and writes papers, listings, snapshots and the look in one transaction. A source that fails leaves
 * a look `failed` and nothing else; that is a report and no exception, while a database that fails throws.
 */
export async function ingestDay(services: IngestServices, source: Source, day: Day): Promise<IngestReport> {
  const list = await ask(source, day)
  const at = services.clock.now()
  const report =
    list instanceof SourceError
      ? failedReport(source.name, day, at, list)
      : await services.db.transaction('job', async (tx) => {
          const added = await storePapers(tx, list.papers, day, at)
          const report = { ...foundReport(source.name, day, at, list), added }
          await storeLook(tx, report)
          return report
        })
  if (report.outcome === 'failed') await services.db.transaction('job', (tx) => storeLook(tx, report))
  else await renderSoon(services)
  tell(services.log, report)
  return report
}

/**
 * Looks at the day and the days before it, oldest first: votes grow and papers arrive late.
 * @param giveUpAfter - so many days in a row on which the source failed end it; what was not asked has no report.
 */
export async function lookBack(
  services: IngestServices,
  source: Source,
  day: Day,
  days = 3,
  giveUpAfter = Number.POSITIVE_INFINITY,
): Promise<IngestReport[]> {
  const reports: IngestReport[] = []
  for (let back = days - 1; back >= 0; back -= 1) {
    reports.push(await ingestDay(services, source, addDays(day, -back)))
    const last = reports.slice(-giveUpAfter)
    if (last.length === giveUpAfter && last.every(({ outcome }) => outcome === 'failed')) break
  }
  return reports
}

async function ask(source: Source, day: Day): Promise<DayList | SourceError> {
  try {
    return await source.day(day)
  } catch (error) {
    if (error instanceof SourceError) return error
    throw error
  }
}

function failedReport(source: string, day: Day, at: Date, error: SourceError): IngestReport {
  return {
    source,
    day,
    at,
    outcome: 'failed',
    papers: 0,
    skipped: 0,
    added: 0,
    fault: `${error.fault}: ${error.message}`.slice(0, 500),
  }
}

function foundReport(source: string, day: Day, at: Date, list: DayList): LookRow {
  const skipped = list.skipped.length
  return {
    source,
    day,
    at,
    outcome: list.papers.length > 0 ? 'ok' : 'empty',
    papers: list.papers.length,
    skipped,
    fault: skipped > 0 ? `skipped ${skipped}: ${list.skipped.slice(0, 5).join('; ')}`.slice(0, 500) : null,
  }
}

function tell(log: Log, report: IngestReport): void {
  const { source, day, outcome, papers, added, skipped, fault } = report
  const fields = { source, day, outcome, papers, added, skipped, fault }
  if (outcome === 'failed') log.warn(fields, 'the source failed')
  else if (skipped > 0) log.warn(fields, 'some entries of the source could not be read')
  else log.info(fields, 'looked at the source')
}
