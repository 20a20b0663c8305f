/** One request in three seconds over all processes: each takes the next free turn from the database. */
import type { Queries } from '../../../db/client.js'
import { float, nullable, text, timestamptz } from '../../../db/queries/sql-types.js'
import { statement } from '../../../db/queries/statement.js'

/** arXiv's terms: no more than one request every three seconds, over all machines of one owner. */
const secondsApart = 3

const nextTurn = statement({
  text: `INSERT INTO source_turn AS t (source, next_at) VALUES ($1, clock_timestamp() + make_interval(secs => $2))
     ON CONFLICT (source) DO UPDATE
       SET next_at = greatest(t.next_at, clock_timestamp()) + make_interval(secs => $2)
     RETURNING extract(epoch FROM next_at - make_interval(secs => $2) - clock_timestamp())::float8 * 1000 AS wait`,
  parameters: [text, float],
  columns: { wait: float },
})

/**
 * Books the next turn at a source, by the clock of the database, the one that all processes share.
 * @returns milliseconds to wait until it comes.
 */
export async function bookTurn(db: Queries, source: string): Promise<number> {
  const [row] = await db.run(nextTurn, [source, secondsApart])
  return Math.max(0, Math.ceil(row?.wait ?? 0))
}

const keepAnswer = statement({
  text: `INSERT INTO source_turn AS t (source, next_at, answered_at, failed_at, fault)
     VALUES ($1, $2, CASE WHEN $3::text IS NULL THEN $2::timestamptz END,
       CASE WHEN $3::text IS NOT NULL THEN $2::timestamptz END, $3)
     ON CONFLICT (source) DO UPDATE SET
       answered_at = coalesce(excluded.answered_at, t.answered_at),
       failed_at = coalesce(excluded.failed_at, t.failed_at),
       fault = coalesce(excluded.fault, t.fault)`,
  parameters: [text, timestamptz, nullable(text)],
  columns: {},
})

/** Keeps when a source last answered, or with which fault it last failed. */
export async function noteAnswer(db: Queries, source: string, at: Date, fault: string | null): Promise<void> {
  await db.run(keepAnswer, [source, at, fault])
}
