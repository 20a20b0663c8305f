/** Looks at the source: today's list while it fills, and again at the three days before. */
import { addDays, type Day, utcDay } from '../clock.js'
import { columnValues } from '../db/queries/columns.js'
import { day as dayType, oneOf, text, timestamptz } from '../db/queries/sql-types.js'
import { statement } from '../db/queries/statement.js'
import { lookBack } from '../papers/ingest.js'
import { alone, type JobServices } from './job.js'

const hour = 3_600_000
/** How long after a failed look the next one comes. */
const afterFailure = 5 * 60_000
const daysBack = 4

/** Looks when the last good look is an hour old, or the last failed one five minutes. */
export async function look(services: JobServices): Promise<boolean> {
  const { db, clock } = services
  if (!(await isDue(services, utcDay(clock.now())))) return true
  return alone(db, 'look', async () => {
    if (await isDue(services, utcDay(clock.now()))) await lookNow(services)
  })
}

/** Looks now; a source that fails leaves rows that say so. */
export async function lookNow(services: JobServices): Promise<void> {
  await lookBack(services, services.source, utcDay(services.clock.now()), daysBack)
}

const lastLooks = statement({
  text: `SELECT DISTINCT ON (day) outcome, at FROM look
     WHERE source = $1 AND day BETWEEN $2::date AND $3::date AND day > $3::date - 2
     ORDER BY day, at DESC, id DESC`,
  parameters: [text, dayType, dayType],
  columns: { outcome: oneOf(columnValues.look.outcome), at: timestamptz },
})

// The days before are asked for, since on a day that has just begun there may be nothing to see yet.
async function isDue({ db, clock, source }: JobServices, today: Day): Promise<boolean> {
  const rows = await db.run(lastLooks, [source.name, addDays(today, 1 - daysBack), today])
  if (rows.length < 2) return true
  const now = clock.now().getTime()
  return rows.some(({ outcome, at }) => now - at.getTime() >= (outcome === 'failed' ? afterFailure : hour))
}
