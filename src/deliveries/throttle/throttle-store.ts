/** Keeps the throttles: reads and writes buckets in a claim, halves them on policy replies, lets them climb back. */
import type { Query } from '../../db/client.js'
import type { Bucket } from './throttle.js'

type Scope = 'overall' | 'relay' | 'domain'

const columns = `key, rate, tokens, at, tail_at AS "tailAt"`

/** The buckets of those keys, locked until the transaction ends; in one order, so that no two claims wait in a ring. */
export function lockBuckets(query: Query, scope: Scope, keys: string[]): Promise<Bucket[]> {
  return query<Bucket>(
    `SELECT ${columns} FROM throttle WHERE scope = $1 AND key = ANY ($2) ORDER BY key FOR UPDATE`,
    [scope, keys],
  )
}

export async function writeBuckets(query: Query, scope: Scope, buckets: Bucket[]): Promise<void> {
  if (buckets.length === 0) return
  await query(
    `UPDATE throttle t SET tokens = b.tokens, at = b.at, tail_at = b.tail_at
     FROM unnest($2::text[], $3::float8[], $4::timestamptz[], $5::timestamptz[]) AS b(key, tokens, at, tail_at)
     WHERE t.scope = $1 AND t.key = b.key`,
    [
      scope,
      buckets.map(({ key }) => key),
      buckets.map(({ tokens }) => tokens),
      buckets.map(({ at }) => at),
      buckets.map(({ tailAt }) => tailAt),
    ],
  )
}

/** What the configuration says: a bound on all mail, and on some domains. Bounds that it no longer has are lifted. */
export async function configureThrottles(
  query: Query,
  bounds: { overall: number | undefined; domains: Record<string, number> },
  now: Date,
): Promise<void> {
  const wanted = Object.entries(bounds.domains).map(([key, rate]) => ({ scope: 'domain', key, rate }))
  if (bounds.overall !== undefined) wanted.push({ scope: 'overall', key: '*', rate: bounds.overall })
  const scopes = wanted.map(({ scope }) => scope)
  const keys = wanted.map(({ key }) => key)
  await query(
    `INSERT INTO throttle (scope, key, rate, ceiling, tokens, at)
     SELECT scope, key, rate, rate, 1, $4 FROM unnest($1::text[], $2::text[], $3::float8[]) AS b(scope, key, rate)
     ON CONFLICT (scope, key) DO UPDATE SET ceiling = excluded.rate, before = NULL,
       rate = CASE WHEN throttle.slowed_at IS NULL THEN excluded.rate ELSE least(throttle.rate, excluded.rate) END`,
    [scopes, keys, wanted.map(({ rate }) => rate), now],
  )
  await query(
    `DELETE FROM throttle t WHERE ceiling IS NOT NULL AND t.scope <> 'relay'
       AND NOT EXISTS (SELECT FROM unnest($1::text[], $2::text[]) AS b(scope, key) WHERE b.scope = t.scope AND b.key = t.key)`,
    [scopes, keys],
  )
}

/** Refusals in flight come in a bunch; they count as one for so long. */
const bunchSeconds = 5
const slowest = 0.1

/**
 * Halves the pace of domains whose servers refused for policy.
 * @param observed messages a second at which each domain was going, where it has no bound yet.
 */
export async function slowDown(query: Query, observed: Map<string, number>, now: Date): Promise<void> {
  await query(
    `INSERT INTO throttle (scope, key, rate, before, tokens, at, slowed_at)
     SELECT 'domain', key, greatest(rate / 2, $3), rate, 0, $4, $4
     FROM unnest($1::text[], $2::float8[]) AS b(key, rate) ORDER BY key
     ON CONFLICT (scope, key) DO UPDATE SET rate = greatest(throttle.rate / 2, $3), slowed_at = $4, climbed_at = NULL
     WHERE throttle.slowed_at IS NULL OR throttle.slowed_at < $4::timestamptz - $5 * interval '1 second'`,
    [[...observed.keys()], [...observed.values()], slowest, now, bunchSeconds],
  )
}

/** Half as much again for each minute without a refusal, up to the bound or the pace from before. */
export async function climbBack(query: Query, now: Date): Promise<void> {
  await query(
    `UPDATE throttle SET rate = least(rate * 1.5, coalesce(ceiling, before)), climbed_at = $1,
       slowed_at = CASE WHEN rate * 1.5 >= coalesce(ceiling, before) THEN NULL ELSE slowed_at END
     WHERE slowed_at < $1::timestamptz - interval '1 minute'
       AND coalesce(climbed_at, '-infinity') < $1::timestamptz - interval '1 minute'`,
    [now],
  )
  // A relay's bound comes with its next mail, as its URL has it by then.
  await query(
    `DELETE FROM throttle WHERE (ceiling IS NULL AND slowed_at IS NULL)
       OR (scope = 'relay' AND tail_at < clock_timestamp() - interval '1 hour')`,
  )
}

export type ThrottleState = {
  scope: Scope
  key: string
  /** Messages a second, now. */
  rate: number
  ceiling: number | null
  slowedAt: Date | null
}

const shown = 100

/** The bounds as they are now, for whoever looks after the service: of domains those slowed down last come first. */
export function readThrottles(query: Query): Promise<ThrottleState[]> {
  return query(
    `SELECT scope, key, rate, ceiling, slowed_at AS "slowedAt" FROM throttle
     ORDER BY array_position(ARRAY['overall', 'relay', 'domain'], scope), slowed_at DESC NULLS LAST, key LIMIT ${shown}`,
  )
}
