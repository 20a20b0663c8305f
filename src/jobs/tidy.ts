/** Forgets what has no use any more: workers long gone, the replies of old tries, sign-ups that came to nothing. */
import { forgetPools } from '../editions/personal/pool/store.js'
import { endLostRuns } from '../operations/import/runs.js'
import { forgetOperatorRows } from '../operations/retention.js'
import { forgetConsents, forgetPending, forgetSignups } from '../subscribers/leaving/retention.js'
import type { JobServices } from './job.js'

/** The row of the delivery keeps its last reply; the tries before it matter for a season. */
const attemptDays = 90
const attemptsAtOnce = 50_000

/** Links to a reader's own edition work for thirty days; what was chosen for whom is kept no longer. */
const poolDays = 45

export async function tidy(services: JobServices): Promise<void> {
  const { db, clock } = services
  const now = clock.now()
  const ago = (days: number) => new Date(now.getTime() - days * 86_400_000)
  await db.tables.deleteFrom('worker').where('seen_at', '<', ago(1)).execute()
  await db.tables
    .deleteFrom('attempt')
    .where('id', 'in', (old) =>
      old
        .selectFrom('attempt')
        .select('id')
        .where('at', '<', ago(attemptDays))
        .orderBy('id')
        .limit(attemptsAtOnce),
    )
    .execute()
  for (const forget of [forgetSignups, forgetPending, forgetConsents]) {
    await db.transaction('bulk', (tx) => forget({ db: tx, clock }))
  }
  await db.transaction('bulk', (tx) => forgetPools(tx, ago(poolDays)))
  await endLostRuns(services)
  await forgetOperatorRows(services)
}
