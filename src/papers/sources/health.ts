/** How the sources do: last success, last fault, and how far behind they are. */
import { type Clock, lastClosedDay } from '../../clock.js'
import type { Queries } from '../../db/client.js'
import { day, int, nullable, text, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'

export type SourceHealth = {
  source: string
  state: 'good' | 'failing' | 'never-asked'
  lastSuccessAt: Date | null
  lastFaultAt: Date | null
  /** The last fault, in a line; it may lie before the last success. */
  lastFault: string | null
  /** Failures in a row since the last success; null where they are not counted. */
  failuresInARow: number | null
  /** Seconds since the last success. */
  lagSeconds: number | null
  /** Closed days since the last one that was looked at with success after it had closed. */
  daysBehind: number | null
}

type HealthRow = Omit<SourceHealth, 'state' | 'lagSeconds'>

const sourceStates = statement({
  text: `SELECT n.source, ok.at AS "lastSuccessAt", bad.at AS "lastFaultAt", bad.fault AS "lastFault",
       (SELECT count(*)::int FROM look l WHERE l.source = n.source AND l.outcome = 'failed'
          AND l.at > coalesce(ok.at, '-infinity')) AS "failuresInARow",
       $1::date - (SELECT max(l.day) FROM look l WHERE l.source = n.source AND l.outcome <> 'failed'
          AND l.at >= (l.day + 1)::timestamp AT TIME ZONE 'UTC' AND l.day <= $1::date) AS "daysBehind"
     FROM (SELECT 'hub' AS source UNION SELECT DISTINCT source FROM look) n
     LEFT JOIN LATERAL (SELECT at FROM look l WHERE l.source = n.source AND l.outcome <> 'failed'
       ORDER BY at DESC LIMIT 1) ok ON true
     LEFT JOIN LATERAL (SELECT at, fault FROM look l WHERE l.source = n.source AND l.outcome = 'failed'
       ORDER BY at DESC LIMIT 1) bad ON true
     UNION ALL
     SELECT source, answered_at, failed_at, fault, NULL, NULL FROM source_turn ORDER BY source`,
  parameters: [day],
  columns: {
    source: text,
    lastSuccessAt: nullable(timestamptz),
    lastFaultAt: nullable(timestamptz),
    lastFault: nullable(text),
    failuresInARow: nullable(int),
    daysBehind: nullable(int),
  },
})

/** Of each source that was ever asked, by name, and of the Hub in any case. */
export async function sourceHealth(db: Queries, clock: Clock): Promise<SourceHealth[]> {
  const rows = await db.run(sourceStates, [lastClosedDay(clock.now())])
  return rows.map((row) => ({ ...row, state: stateOf(row), lagSeconds: lagOf(row, clock) }))
}

function stateOf({ lastSuccessAt, lastFaultAt }: HealthRow): SourceHealth['state'] {
  if (!lastFaultAt) return lastSuccessAt ? 'good' : 'never-asked'
  return lastSuccessAt && lastSuccessAt >= lastFaultAt ? 'good' : 'failing'
}

function lagOf({ lastSuccessAt }: HealthRow, clock: Clock): number | null {
  if (!lastSuccessAt) return null
  return Math.max(0, Math.round((clock.now().getTime() - lastSuccessAt.getTime()) / 1000))
}
