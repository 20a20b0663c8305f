/** Times at which the database could not be worked with: nobody could write them down then, so they are told afterwards. */
import type { Tx } from '../../db/client.js'
import { type Away, awayBy, awayWords } from '../../db/fitness/away.js'
import { int, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'

type Outage = { since: Date; until: Date; kinds: Set<Away>; runs: number }

/** By the database's pool: each process tells what it saw itself. */
const outages = new WeakMap<object, Outage>()

/** Notes that the watch could not be kept; what is no fault of the database's place is left alone. */
export function noteOutage(db: object, at: Date, error: unknown): void {
  const away = awayBy(error)
  if (!away) return
  const known = outages.get(db) ?? { since: at, kinds: new Set<Away>(), runs: 0 }
  known.kinds.add(away)
  outages.set(db, { ...known, until: at, runs: known.runs + 1 })
}

const toldSince = statement({
  text: `SELECT id FROM alert WHERE kind = 'database-away' AND at >= $1`,
  parameters: [timestamptz],
  columns: { id: int },
})

/**
 * What is over, until an alert tells it: the next watch clears it. A moment, such as a restart, is nothing to tell
 * here; nor is what another process has told.
 */
export async function endedOutage(
  tx: Tx,
  { db }: { db: object },
): Promise<{ cause: string; text: string }[]> {
  const outage = outages.get(db)
  if (!outage) return []
  if (outage.runs < 2 || (await tx.run(toldSince, [outage.since])).length > 0) {
    outages.delete(db)
    return []
  }
  const { since, until, kinds } = outage
  const words = [...kinds].map((kind) => awayWords[kind].replace(' at the moment', '')).join(' ')
  return [
    {
      cause: `database-away:${since.toISOString()}`,
      text: `From ${since.toISOString()} to ${until.toISOString()} nothing could be written down, and nothing was sent. ${words} It works again.`,
    },
  ]
}
