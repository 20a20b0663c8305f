/** What comes in gives way to mail that goes out: while an edition does, one piece of work after another, with rests. */
import { setTimeout as rest } from 'node:timers/promises'
import type { Db } from '../../db/client.js'
import { boolean } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'

export type Pace = {
  /** Does the work when its turn has come: at once while nothing goes out. */
  turn<T>(work: () => Promise<T>): Promise<T>
}

/** Of the time, while an edition goes out. */
const share = 0.04
/** How long an answer about that is good. */
const lookMs = 250

const goesOut = statement({
  text: `SELECT EXISTS (SELECT FROM batch WHERE status = 'claimed' AND lease_until > now())
      OR EXISTS (SELECT FROM delivery WHERE kind = 'edition' AND status = 'claimed') AS busy`,
  parameters: [],
  columns: { busy: boolean },
})

export function openPace(db: Pick<Db, 'run'>): Pace {
  let lookedAt = Number.NEGATIVE_INFINITY
  let busy: Promise<boolean> = Promise.resolve(false)
  let last: Promise<unknown> = Promise.resolve()

  function isBusy(): Promise<boolean> {
    if (performance.now() - lookedAt >= lookMs) {
      lookedAt = performance.now()
      busy = db.run(goesOut, []).then(
        (rows) => rows.some((row) => row.busy),
        () => false,
      )
    }
    return busy
  }

  return {
    turn: async (work) => {
      if (!(await isBusy())) return work()
      const before = last
      let began = 0
      const done = before.then(() => {
        began = performance.now()
        return work()
      })
      // Whoever comes next waits for the rest as well; a fault is the caller's.
      last = done.catch(() => {}).then(() => rest((performance.now() - began) * (1 / share - 1)))
      return done
    },
  }
}
