/** Looks at the source for a day because an operator asked for it, with its row in the audit log. */
import type { Day } from '../../clock.js'
import { hubSource } from '../../papers/sources/hub.js'
import { type IngestReport, ingestDay } from '../../papers/ingest.js'
import type { Services } from '../../services.js'
import { type Author, writeAudit } from '../audit.js'

type LookServices = Pick<Services, 'db' | 'clock' | 'log' | 'config'>

/** A source that fails is a report with `failed` and its fault. */
export async function lookAgain(services: LookServices, day: Day, author: Author): Promise<IngestReport> {
  const { db, clock, config } = services
  const report = await ingestDay(services, hubSource({ baseUrl: config.papersApiUrl, clock }), day)
  const { outcome, papers, added } = report
  const change = { action: 'day.looked', target: `day:${day}`, after: { outcome, papers, added } }
  await db.transaction('request', (tx) => writeAudit(tx, clock, author, change))
  return report
}
