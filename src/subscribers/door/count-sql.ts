/** The SQL of the door: tries counted from the narrowest limit to the widest, and the address's own guard. */
import { Type } from 'typebox'
import { json } from '../../db/queries/sql-types.js'
import { type SignupLimits, windowsAt } from './limits.js'

type Stage = {
  scope: string
  /** What is counted, of a row `r` of `request`; rows without are not counted. */
  key: string
  /** Columns of `terms`: when the window ends, and the most that it takes. */
  ends: string
  most: string
  /** Counted only for tries that the address's guard lets through. */
  behindGuard?: true
}

/**
 * From the narrowest to the widest. What one refuses counts in none after it, so that whoever is refused
 * uses up nothing of what others share. All lock their rows in this order.
 */
const stages = [
  { scope: 'alert', key: 'r.guard', ends: 'hour_ends', most: 'alert_hour' },
  { scope: 'copy', key: 'r.guard', ends: 'hour_ends', most: 'copy_hour' },
  { scope: 'operator', key: 'r.asker', ends: 'day_ends', most: 'operator_day' },
  { scope: 'reader', key: 'r.asker', ends: 'day_ends', most: 'reader_day' },
  { scope: 'network', key: 'r.network', ends: 'hour_ends', most: 'network_hour' },
  { scope: 'site', key: 'r.site', ends: 'hour_ends', most: 'site_hour' },
  {
    scope: 'domain',
    key: `convert_to(r.domain, 'UTF8')`,
    ends: 'hour_ends',
    most: 'domain_hour',
    behindGuard: true,
  },
  { scope: 'all', key: `'\\x'::bytea`, ends: 'minute_ends', most: 'all_minute', behindGuard: true },
] as const satisfies Stage[]

type Scope = (typeof stages)[number]['scope']

/** What a try is refused by; `prove`: a proof of work would have helped. */
export const refusals = [...stages.map(({ scope }) => scope), 'prove' as const]

export type Refused = (typeof refusals)[number]

/** One that may take part; `guard` is the address's own, `proof` counts solved challenges. */
export type Limit = Scope | 'guard' | 'proof'

type Shape = ReadonlySet<Limit>

/** The first parameter of a statement that has {@link doorSql} in it: what {@link termsOf} gives. */
export const doorTerms = json(Type.Unknown())

export function termsOf(limits: SignupLimits, at: Date): object {
  const ends = windowsAt(at)
  return {
    at,
    day_ends: ends.day,
    hour_ends: ends.hour,
    minute_ends: ends.minute,
    address_hour: limits.addressHour,
    address_day: limits.addressDay,
    unclicked: limits.unclicked,
    reader_day: limits.readerDay,
    network_hour: limits.networkHour,
    site_hour: limits.siteHour,
    domain_hour: limits.domainHour,
    proof_minute: limits.proofMinute,
    all_minute: limits.allMinute,
    copy_hour: limits.copyHour,
    operator_day: limits.operatorDay,
    alert_hour: limits.alertHour,
  }
}

const terms = `terms AS MATERIALIZED (
  SELECT * FROM jsonb_to_record($1::jsonb) AS t(
    at timestamptz, day_ends timestamptz, hour_ends timestamptz, minute_ends timestamptz,
    address_hour int, address_day int, unclicked int, reader_day int, network_hour int, site_hour int,
    domain_hour int, proof_minute int, all_minute int, copy_hour int, operator_day int, alert_hour int)
)`

const term = (name: string) => `(SELECT ${name} FROM terms)`

/** Counts each key's tries once more and tells of each row of `request` which one it is: `nth`. */
const counting = (
  { scope, key, ends }: Pick<Stage, 'scope' | 'key' | 'ends'>,
  from: string,
  which: string,
) => `${scope}_mark AS MATERIALIZED (
  SELECT r.i, ${key} AS key, ${ends} AS window_end,
    row_number() OVER (PARTITION BY ${key} ORDER BY r.i) AS place, count(*) OVER (PARTITION BY ${key}) AS company
  FROM request r JOIN ${from} s ON s.i = r.i WHERE ${which} AND ${key} IS NOT NULL
), ${scope}_count AS (
  INSERT INTO signup_count AS c (scope, key, window_end, count)
  SELECT '${scope}', key, window_end, count(*) FROM ${scope}_mark GROUP BY key, window_end ORDER BY key
  ON CONFLICT (scope, key, window_end) DO UPDATE SET count = c.count + EXCLUDED.count
  RETURNING key, count
), ${scope}_nth AS MATERIALIZED (
  SELECT m.i, c.count - m.company + m.place AS nth FROM ${scope}_mark m JOIN ${scope}_count c ON c.key = m.key
)`

const refusing = (stage: Stage, from: string) => {
  const { scope, most } = stage
  const which = `s.refused IS NULL${stage.behindGuard ? ' AND NOT s.quiet' : ''}`
  const unproven =
    scope === 'all' ? ` WHEN n.nth > ${term('proof_minute')} AND NOT s.proven THEN 'prove'` : ''
  const used = scope === 'network' ? 'coalesce(n.nth, 0)::int' : 's.used'
  return `${counting({ ...stage, ends: term(stage.ends) }, from, which)}, ${scope}_state AS MATERIALIZED (
  SELECT s.i, s.proven, s.quiet, ${used} AS used,
    CASE WHEN n.nth > ${term(most)} THEN '${scope}'${unproven} ELSE s.refused END AS refused
  FROM ${from} s LEFT JOIN ${scope}_nth n ON n.i = s.i
)`
}

/** Each challenge is good once: who comes second with it has proved nothing, and is not refused for it. */
const proving = (
  from: string,
) => `${counting({ scope: 'proof', key: 'r.proof', ends: 'r.proof_expires' }, from, 's.refused IS NULL')}, proof_state AS MATERIALIZED (
  SELECT s.i, s.proven OR coalesce(n.nth = 1, false) AS proven, s.quiet, s.used, s.refused
  FROM ${from} s LEFT JOIN proof_nth n ON n.i = s.i
)`

/**
 * Whether the address of guard `g` may be mailed. One that was mailed too often without a click is silent,
 * but for somebody who proves work: then it gets one more, and from then on one a day.
 */
const mayMail = (
  proven: string,
) => `coalesce(g.mailed[${term('address_hour')}] <= ${term('at')} - interval '1 hour', true)
      AND coalesce(g.mailed[${term('address_day')}] <= ${term('at')} - interval '1 day', true)
      AND (g.unclicked < ${term('unclicked')} OR (
        (g.unclicked = ${term('unclicked')} OR g.mailed[1] <= ${term('at')} - interval '1 day') AND ${proven}))`

const peeking = (from: string) => `guard_state AS MATERIALIZED (
  SELECT s.i, s.proven, s.used, s.refused,
    EXISTS (SELECT FROM signup_guard g WHERE g.key = r.guard AND NOT (${mayMail('s.proven')})) AS quiet
  FROM ${from} s JOIN request r ON r.i = s.i
)`

const provenByKey = (from: string) =>
  `coalesce((SELECT s.proven FROM request r JOIN ${from} s ON s.i = r.i WHERE r.guard = EXCLUDED.key), false)`

const guarding = (from: string) => `guarded AS (
  INSERT INTO signup_guard AS g (key, mailed, unclicked, mailed_at)
  SELECT r.guard, ARRAY[${term('at')}], 1, ${term('at')}
  FROM request r JOIN ${from} s ON s.i = r.i WHERE s.refused IS NULL AND NOT s.quiet ORDER BY r.guard
  ON CONFLICT (key) DO UPDATE
    SET mailed = (ARRAY[${term('at')}] || g.mailed)[1:greatest(${term('address_hour')}, ${term('address_day')})],
        unclicked = g.unclicked + 1, mailed_at = ${term('at')}
    WHERE ${mayMail(provenByKey(from))}
  RETURNING key
)`

/**
 * CTEs behind one that the caller writes, `request`: i, domain, guard, asker, network, site, proof,
 * proof_expires, trusted; no guard twice. `verdict` (i, refused, used) then has a row for each, `guarded` the
 * guards of those that may be mailed.
 */
export function doorSql(shape: Shape): { terms: string; counted: string } {
  const parts = [
    `asked AS (SELECT i, trusted AS proven, false AS quiet, 0 AS used, NULL::text AS refused FROM request)`,
  ]
  let from = 'asked'
  const add = (name: string, sql: string) => {
    parts.push(sql)
    from = `${name}_state`
  }
  const counted = (behindGuard: boolean) => {
    for (const stage of stages as readonly Stage[]) {
      if (shape.has(stage.scope as Scope) && (stage.behindGuard ?? false) === behindGuard) {
        add(stage.scope, refusing(stage, from))
      }
    }
  }
  counted(false)
  if (shape.has('proof')) add('proof', proving(from))
  if (shape.has('guard')) add('guard', peeking(from))
  counted(true)
  parts.push(`verdict AS (SELECT i, refused, used FROM ${from})`)
  parts.push(
    shape.has('guard')
      ? guarding(from)
      : `guarded AS (SELECT r.guard AS key FROM request r JOIN verdict v ON v.i = r.i WHERE v.refused IS NULL)`,
  )
  return { terms, counted: parts.join(', ') }
}
