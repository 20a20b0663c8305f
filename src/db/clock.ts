/** The time as the database has it, so that workers whose own clocks differ agree on what is due. */
import type { Clock } from '../clock.js'
import type { Db } from './client.js'
import { float } from './queries/sql-types.js'
import { statement } from './queries/statement.js'

/** Milliseconds of the epoch. */
const clockTime = statement({
  text: 'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS at',
  parameters: [],
  columns: { at: float },
})

const measureEveryMs = 30_000

/**
 * Runs by the given clock, set right by the database's every half minute; by the given clock alone until the
 * database has first answered, and onward from the last answer while it does not.
 */
export function databaseClock(db: Pick<Db, 'run'>, own: Clock): Clock & { measure(): Promise<void> } {
  let ahead = 0
  let measuredAt = Number.NEGATIVE_INFINITY

  const measure = async (): Promise<void> => {
    measuredAt = performance.now()
    const asked = own.now().getTime()
    const [row] = await db.run(clockTime, [])
    // It was asked and answered at the same distance, as far as anybody knows.
    if (row) ahead = row.at - (asked + own.now().getTime()) / 2
  }
  return {
    measure,
    now: () => {
      if (performance.now() - measuredAt > measureEveryMs) void measure().catch(() => {})
      return new Date(own.now().getTime() + ahead)
    },
  }
}
