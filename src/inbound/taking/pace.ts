/** What comes in gives way to mail that goes out: while an edition does, one piece of work after another, with rests. */
import { setTimeout as rest } from 'node:timers/promises'
import type { Db } from '../../db/client.js'
import { boolean } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'

export interface Pace {
  /** Does the work when its turn has come. */
  run<T>(work: () => Promise<T>): Promise<T>
}

/** At once, whatever goes out. */
export const unpaced: Pace = { run: (work) => work() }

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

/** At once while nothing goes out. */
export class GivingWay implements Pace {
  readonly #db: Pick<Db, 'run'>
  #lookedAt = Number.NEGATIVE_INFINITY
  #busy: Promise<boolean> = Promise.resolve(false)
  #last: Promise<unknown> = Promise.resolve()

  constructor(db: Pick<Db, 'run'>) {
    this.#db = db
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (!(await this.#isBusy())) return work()
    let began = 0
    const done = this.#last.then(() => {
      began = performance.now()
      return work()
    })
    // Whoever comes next waits for the rest as well; a fault is the caller's.
    this.#last = done.catch(() => {}).then(() => rest((performance.now() - began) * (1 / share - 1)))
    return done
  }

  #isBusy(): Promise<boolean> {
    if (performance.now() - this.#lookedAt >= lookMs) {
      this.#lookedAt = performance.now()
      this.#busy = this.#db.run(goesOut, []).then(
        (rows) => rows.some((row) => row.busy),
        () => false,
      )
    }
    return this.#busy
  }
}
