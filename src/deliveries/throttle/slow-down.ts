/** Halves the pace of domains that refuse for policy, and lets it climb back. */
import type { Queries } from '../../db/queries/queries.js'
import { float, floats, texts, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'

type Runs = Pick<Queries, 'run'>

/** Refusals in flight come in a bunch; they count as one for so long. */
const bunchSeconds = 5
const slowest = 0.1

const halve = statement({
  text: `INSERT INTO throttle (scope, key, rate, before, tokens, at, slowed_at)
     SELECT 'domain', key, greatest(rate / 2, $3), rate, 0, $4, $4
     FROM unnest($1::text[], $2::float8[]) AS b(key, rate) ORDER BY key
     ON CONFLICT (scope, key) DO UPDATE SET rate = greatest(throttle.rate / 2, $3), slowed_at = $4, climbed_at = NULL
     WHERE throttle.slowed_at IS NULL OR throttle.slowed_at < $4::timestamptz - $5 * interval '1 second'`,
  parameters: [texts, floats, float, timestamptz, float],
  columns: {},
})

/**
 * Halves the pace of domains whose servers refused for policy.
 * @param observed messages a second at which each domain was going, where it has no bound yet.
 */
export async function slowDown(tx: Runs, observed: Map<string, number>, now: Date): Promise<void> {
  await tx.run(halve, [[...observed.keys()], [...observed.values()], slowest, now, bunchSeconds])
}

const climb = statement({
  text: `UPDATE throttle SET rate = least(rate * 1.5, coalesce(ceiling, before)), climbed_at = $1,
       slowed_at = CASE WHEN rate * 1.5 >= coalesce(ceiling, before) THEN NULL ELSE slowed_at END
     WHERE slowed_at < $1::timestamptz - interval '1 minute'
       AND coalesce(climbed_at, '-infinity') < $1::timestamptz - interval '1 minute'`,
  parameters: [timestamptz],
  columns: {},
})

// A relay's bound comes with its next mail, as its URL has it by then.
const forgetIdle = statement({
  text: `DELETE FROM throttle WHERE (ceiling IS NULL AND slowed_at IS NULL)
       OR (scope = 'relay' AND tail_at < clock_timestamp() - interval '1 hour')`,
  parameters: [],
  columns: {},
})

/** Half as much again for each minute without a refusal, up to the bound or the pace from before. */
export async function climbBack(db: Runs, now: Date): Promise<void> {
  await db.run(climb, [now])
  await db.run(forgetIdle, [])
}
