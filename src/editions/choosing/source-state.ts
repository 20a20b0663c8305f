/** Tells a source that failed from a day on which nothing was listed. */
import type { Day } from '../../clock.js'
import type { Queries } from '../../db/client.js'
import { boolean, days as daysType, nullable, text } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'

export type SourceState = { state: 'papers' } | { state: 'empty' } | { state: 'failed'; reason: string }

const statesOfDays = statement({
  text: `SELECT d.day::text AS day, EXISTS (SELECT FROM listing WHERE listing.day = d.day) AS listed,
       newest.outcome, newest.fault,
       EXISTS (SELECT FROM look WHERE look.day = d.day AND look.outcome <> 'failed'
         AND look.at >= (d.day + 1)::timestamp AT TIME ZONE 'UTC') AS answered
     FROM unnest($1::date[]) AS d(day)
     LEFT JOIN LATERAL (
       SELECT outcome, fault FROM look WHERE look.day = d.day ORDER BY at DESC, id DESC LIMIT 1
     ) newest ON true ORDER BY d.day`,
  parameters: [daysType],
  columns: { day: text, listed: boolean, outcome: nullable(text), fault: nullable(text), answered: boolean },
})

/**
 * `papers` when any of the days has a list, unless the newest look at it failed and none has succeeded since
 * that day ended. A single day at which nobody has looked is `failed`; of a week before the service came to be,
 * nothing is expected.
 */
export async function sourceOn(db: Queries, days: Day[]): Promise<SourceState> {
  const states = await db.run(statesOfDays, [days])
  const failed = states.find((state) => state.outcome === 'failed' && !state.answered)
  if (states.some((state) => state.listed && state !== failed)) return { state: 'papers' }
  if (failed) return { state: 'failed', reason: `the source failed: ${failed.fault ?? 'no reason given'}` }
  const [only, ...more] = states
  if (only?.outcome === null && more.length === 0) {
    return { state: 'failed', reason: `nobody has looked at the source for ${only.day}` }
  }
  return { state: 'empty' }
}
