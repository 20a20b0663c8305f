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
/** A machine's clock that runs off by more between two questions was moved. */
const mostDriftMs = 2_000

/**
 * Runs by the given clock, set right by the database's every half minute; by the given clock alone until the
 * database has first answered, and onward from the last answer while it does not. A given clock that is moved
 * meanwhile moves nothing: what passed since is told by the process's own count.
 */
export function databaseClock(db: Pick<Db, 'run'>, own: Clock): Clock & { measure(): Promise<void> } {
  let ahead = 0
  let asked = Number.NEGATIVE_INFINITY
  let known: { own: number; count: number } | null = null

  const measure = async (): Promise<void> => {
    asked = performance.now()
    const before = own.now().getTime()
    const [row] = await db.run(clockTime, [])
    if (!row) return
    // It was asked and answered at the same distance, as far as anybody knows.
    const now = own.now().getTime()
    ahead = row.at - (before + now) / 2
    known = { own: now, count: performance.now() }
  }
  return {
    measure,
    offMs: () => Math.round(-ahead),
    now: () => {
      const now = own.now().getTime()
      const passed = known ? known.own + performance.now() - known.count : now
      const moved = Math.abs(now - passed) > mostDriftMs
      // After a machine has slept the count is behind: the database is asked at once.
      if (performance.now() - asked > (moved ? 1_000 : measureEveryMs)) void measure().catch(() => {})
      return new Date((moved ? passed : now) + ahead)
    },
  }
}
