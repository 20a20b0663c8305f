/** The book in which all workers book their turns at a relay, by the clock of the database. */
import type { Queries } from '../../db/queries/queries.js'
import { float, text } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import type { BookTurns } from '../../mail/mailer/send-slots.js'

/** One statement a block; what a worker booked and did not use lapses, so that a crash leaves nothing to mend. */
export function bookRelayTurns(db: Pick<Queries, 'run'>): BookTurns {
  return async (relay, rate, count) => {
    const [turns] = await db.run(bookTurns, [relay, rate, (count * 1_000) / rate])
    if (!turns) throw new Error('no turn')
    return Math.max(0, turns.wait)
  }
}

// Not now(): who waited for the row would take the time at which they began to wait for the present.
const bookTurns = statement({
  text: `INSERT INTO throttle AS t (scope, key, rate, ceiling, tokens, at, tail_at)
VALUES ('relay', $1, $2, $2, 0, clock_timestamp(), clock_timestamp() + $3::float8 * interval '1 millisecond')
ON CONFLICT (scope, key) DO UPDATE SET rate = excluded.rate, ceiling = excluded.ceiling, at = clock_timestamp(),
  tail_at = greatest(t.tail_at, clock_timestamp()) + $3::float8 * interval '1 millisecond'
RETURNING (extract(epoch FROM tail_at - clock_timestamp()) * 1000 - $3::float8)::float8 AS wait`,
  parameters: [text, float, float],
  columns: { wait: float },
})
