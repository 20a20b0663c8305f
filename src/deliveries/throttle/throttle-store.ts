/** Keeps the throttles: reads and writes buckets in a claim, and sets them as the configuration says. */
import { columnValues } from '../../db/queries/columns.js'
import type { Queries } from '../../db/queries/queries.js'
import {
  float,
  floats,
  nullable,
  oneOf,
  text,
  texts,
  timestamps,
  timestamptz,
} from '../../db/queries/sql-types.js'
import { type RowOf, statement } from '../../db/queries/statement.js'
import type { Bucket } from './throttle.js'

type Runs = Pick<Queries, 'run'>
const scope = oneOf(columnValues.throttle.scope)
type Scope = (typeof columnValues.throttle.scope)[number]

const lock = statement({
  text: `SELECT key, rate, tokens, at, tail_at AS "tailAt" FROM throttle
    WHERE scope = $1 AND key = ANY ($2) ORDER BY key FOR UPDATE`,
  parameters: [scope, texts],
  columns: { key: text, rate: float, tokens: float, at: timestamptz, tailAt: nullable(timestamptz) },
})

/** The buckets of those keys, locked until the transaction ends; in one order, so that no two claims wait in a ring. */
export function lockBuckets(tx: Runs, scope: Scope, keys: string[]): Promise<Bucket[]> {
  return tx.run(lock, [scope, keys])
}

const write = statement({
  text: `UPDATE throttle t SET tokens = b.tokens, at = b.at, tail_at = b.tail_at
     FROM unnest($2::text[], $3::float8[], $4::timestamptz[], $5::timestamptz[]) AS b(key, tokens, at, tail_at)
     WHERE t.scope = $1 AND t.key = b.key`,
  parameters: [scope, texts, floats, timestamps, timestamps],
  columns: {},
})

export async function writeBuckets(tx: Runs, scope: Scope, buckets: Bucket[]): Promise<void> {
  if (buckets.length === 0) return
  await tx.run(write, [
    scope,
    buckets.map(({ key }) => key),
    buckets.map(({ tokens }) => tokens),
    buckets.map(({ at }) => at),
    buckets.map(({ tailAt }) => tailAt),
  ])
}

const bind = statement({
  text: `INSERT INTO throttle (scope, key, rate, ceiling, tokens, at)
     SELECT scope, key, rate, rate, 1, $4 FROM unnest($1::text[], $2::text[], $3::float8[]) AS b(scope, key, rate)
     ON CONFLICT (scope, key) DO UPDATE SET ceiling = excluded.rate, before = NULL,
       rate = CASE WHEN throttle.slowed_at IS NULL THEN excluded.rate ELSE least(throttle.rate, excluded.rate) END`,
  parameters: [texts, texts, floats, timestamptz],
  columns: {},
})

const lift = statement({
  text: `DELETE FROM throttle t WHERE ceiling IS NOT NULL AND t.scope <> 'relay'
       AND NOT EXISTS (SELECT FROM unnest($1::text[], $2::text[]) AS b(scope, key) WHERE b.scope = t.scope AND b.key = t.key)`,
  parameters: [texts, texts],
  columns: {},
})

/** What the configuration says: a bound on all mail, and on some domains. Bounds that it no longer has are lifted. */
export async function configureThrottles(
  db: Runs,
  bounds: { overall: number | undefined; domains: Record<string, number> },
  now: Date,
): Promise<void> {
  const wanted = Object.entries(bounds.domains).map(([key, rate]) => ({ scope: 'domain', key, rate }))
  if (bounds.overall !== undefined) wanted.push({ scope: 'overall', key: '*', rate: bounds.overall })
  const scopes = wanted.map(({ scope }) => scope)
  const keys = wanted.map(({ key }) => key)
  await db.run(bind, [scopes, keys, wanted.map(({ rate }) => rate), now])
  await db.run(lift, [scopes, keys])
}

const shown = 100

const states = statement({
  text: `SELECT scope, key, rate, ceiling, slowed_at AS "slowedAt" FROM throttle
     ORDER BY array_position(ARRAY['overall', 'relay', 'domain'], scope), slowed_at DESC NULLS LAST, key LIMIT ${shown}`,
  parameters: [],
  columns: { scope, key: text, rate: float, ceiling: nullable(float), slowedAt: nullable(timestamptz) },
})

/** A bound: `rate` is in messages a second, now. */
export type ThrottleState = RowOf<typeof states>

/** The bounds as they are now, for whoever looks after the service: of domains those slowed down last come first. */
export function readThrottles(db: Runs): Promise<ThrottleState[]> {
  return db.run(states, [])
}
