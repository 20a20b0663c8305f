/** Forgets what has no use any more: workers long gone, details of old mails, sign-ups that came to nothing. */
import { daysBefore } from '../clock.js'
import { forgetDetails } from '../deliveries/reports/retention.js'
import { forgetPools } from '../editions/personal/pool/store.js'
import { endLostRuns } from '../operations/import/runs.js'
import { forgetOperatorRows } from '../operations/retention.js'
import { forgetConsents, forgetPending, forgetSignups } from '../subscribers/leaving/retention.js'
import type { JobServices } from './job.js'

/** Links to a reader's own edition work for thirty days; what was chosen for whom is kept no longer. */
const poolDays = 45

export async function tidy(services: JobServices): Promise<void> {
  const { db, clock } = services
  const now = clock.now()
  const ago = (days: number) => daysBefore(now, days)
  await db.tables.deleteFrom('worker').where('seen_at', '<', ago(1)).execute()
  await forgetDetails(db, ago(services.config.retentionDays))
  for (const forget of [forgetSignups, forgetPending, forgetConsents]) {
    await db.transaction('bulk', (tx) => forget({ db: tx, clock }))
  }
  await db.transaction('bulk', (tx) => forgetPools(tx, ago(poolDays)))
  await endLostRuns(services)
  await forgetOperatorRows(services)
}
