/** The recurring jobs: when each ran last, and whether it is late. */
import type { Queries } from '../../db/client.js'
import { boolean, int, nullable, text, timestamptz } from '../../db/queries/sql-types.js'
import { type RowOf, statement } from '../../db/queries/statement.js'

const allJobs = statement({
  text: `SELECT name, period_seconds AS "everySeconds", ran_at AS "ranAt",
      coalesce(lease_until > now(), false) AS running,
      greatest(ran_at, watched_from) < now() - greatest(60, 10 * period_seconds) * interval '1 second' AS late
    FROM job ORDER BY name`,
  parameters: [],
  columns: {
    name: text,
    everySeconds: nullable(int),
    ranAt: nullable(timestamptz),
    running: boolean,
    late: boolean,
  },
})

/** `late` when it has not run for ten times its period, and for a minute at least, while it could have. */
export type JobState = RowOf<typeof allJobs>

export const readJobs = (db: Pick<Queries, 'run'>): Promise<JobState[]> => db.run(allJobs, [])
