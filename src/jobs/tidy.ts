/** Forgets what has no use any more: workers long gone, the replies of old tries, sign-ups that came to nothing. */
import { endLostRuns } from '../operations/import/runs.js'
import { forgetOperatorRows } from '../operations/retention.js'
import { forgetConsents, forgetPending, forgetSignups } from '../subscribers/leaving/retention.js'
import type { JobServices } from './job.js'

/** The row of the delivery keeps its last reply; the tries before it matter for a season. */
const attemptDays = 90

export async function tidy(services: JobServices): Promise<void> {
  const { db, clock } = services
  const now = clock.now()
  await db.sql(`DELETE FROM worker WHERE seen_at < $1::timestamptz - interval '1 day'`, [now])
  await db.sql(
    `DELETE FROM attempt WHERE id IN (
       SELECT id FROM attempt WHERE at < $1::timestamptz - $2 * interval '1 day' ORDER BY id LIMIT 50000)`,
    [now, attemptDays],
  )
  await forgetSignups(services)
  await forgetPending(services)
  await forgetConsents(services)
  await endLostRuns(services)
  await forgetOperatorRows(services)
}
