/** Which editions are still to be built: asked of the database, so that nothing need be remembered. */
import { addDays, type Clock, type Day, lastClosedDay } from '../../clock.js'
import type { Queries } from '../../db/client.js'
import { columnValues } from '../../db/queries/columns.js'
import { boolean, day as dayType, oneOf, text } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import type { EditionKind } from '../edition.js'
import { mondayOf, periodOf } from './period.js'

export type DueEdition = { kind: EditionKind; period: string; day: Day }

/** A failed day is tried again for so long; its news would be old afterwards. */
const daysTried = 3

const begunSince = statement({
  text: `SELECT kind, period, day::text AS day, status = 'failed' AS failed FROM edition
     WHERE day > $1::date OR (kind = 'weekly' AND day = $2::date)`,
  parameters: [dayType, dayType],
  columns: { kind: oneOf(columnValues.edition.kind), period: text, day: text, failed: boolean },
})

/**
 * The last closed day and the last whole week where they have no edition yet, and the days and the week for
 * which the source had failed. A day older than the last closed one that was never begun stays without: a
 * service that comes back after a week of rest does not send seven mails.
 */
export async function editionsToBuild(db: Queries, clock: Clock): Promise<DueEdition[]> {
  const last = lastClosedDay(clock.now())
  const sunday = addDays(mondayOf(addDays(last, 1)), -1)
  const wanted: DueEdition[] = [
    { kind: 'daily', period: last, day: last },
    { kind: 'weekly', period: periodOf('weekly', sunday), day: sunday },
  ]
  const rows = await db.run(begunSince, [addDays(last, -daysTried), sunday])
  const begun = new Set(rows.map(({ kind, period }) => `${kind} ${period}`))
  const failed = rows.filter((row) => row.failed).map(({ kind, period, day }) => ({ kind, period, day }))
  return [...failed, ...wanted.filter(({ kind, period }) => !begun.has(`${kind} ${period}`))].sort((a, b) =>
    a.day < b.day ? -1 : Number(a.day > b.day),
  )
}
