/** Claims mails that have a row of their own: those that somebody waits for, and what of an edition went otherwise than well. */
import { Type } from 'typebox'
import { columnValues } from '../../db/queries/columns.js'
import type { Queries } from '../../db/queries/queries.js'
import { quoted } from '../../db/queries/quoted.js'
import {
  bigint,
  bigints,
  boolean,
  int,
  json,
  nullable,
  oneOf,
  present,
  smallint,
  text,
  texts,
  timestamps,
  timestamptz,
  uuid,
} from '../../db/queries/sql-types.js'
import { type RowOf, statement } from '../../db/queries/statement.js'
import { openStatuses } from '../../mail/delivery-status.js'
import { type Claimed, nobody } from '../ledger/delivery.js'
import type { GoingOut } from '../ledger/going-out.js'
import { obstacleOf, openMoves, readerColumns } from '../ledger/obstacle.js'
import { putOff } from './put-off.js'
import { expiryOf } from '../ledger/slots.js'

export type RowsRequest = {
  edition: GoingOut | null
  /** This row alone, of the mails that somebody waits for. */
  only?: string | undefined
  /** While all sending is held, only what tells an operator so goes out. */
  held: boolean
  limit: number
  now: Date
  leaseMs: number
  zone: string
  claim: string
  leaseEnds: number
}

/** Claims up to `limit` rows; what must not be mailed any more is left out, what has no token is put off. */
export async function claimRows(
  tx: Queries,
  request: RowsRequest,
): Promise<{ claimed: Claimed[]; more: boolean }> {
  const picked = await pick(tx, request)
  if (picked.length === 0) return { claimed: [], more: false }
  const { edition, now, zone } = request
  const obstacles = new Map(picked.map((row) => [row.id, obstacleOf(row, row, now, edition, zone)]))
  const sendable = picked.filter(({ id }) => obstacles.get(id) === null)
  const postponed =
    edition === null ? new Map<string, Postponed>() : await postpone(tx, edition, sendable, request)
  await mark(tx, picked, obstacles, postponed, request)
  const { claim, leaseEnds } = request
  const claimed = sendable.filter(({ id }) => !postponed.has(id))
  return {
    claimed: claimed.map((row) => ({ ...row, claim, leaseEnds, place: null })),
    more: picked.length === request.limit,
  }
}

/** It stays worth a day of tries where the reader moved it; a wait for a token does not lengthen its life. */
type Postponed = { dueAt: Date; expiresAt: Date | null }

/** Rows whose readers moved their hour or days wait for it; the others take tokens of their domains, or wait for one. */
async function postpone(
  tx: Queries,
  edition: GoingOut,
  rows: Picked[],
  { now, zone }: RowsRequest,
): Promise<Map<string, Postponed>> {
  const movedTo = openMoves(edition, now, zone)
  const postponed = new Map<string, Postponed>()
  for (const row of rows) {
    const dueAt = row.was === 'due' ? movedTo(row) : null
    if (dueAt) postponed.set(row.id, { dueAt, expiresAt: expiryOf({ dueAt }, now) })
  }
  const here = rows.filter(({ id }) => !postponed.has(id))
  for (const [id, dueAt] of await putOff(tx, here, now)) postponed.set(id, { dueAt, expiresAt: null })
  return postponed
}

function pick(tx: Queries, { edition, only, held, limit, now }: RowsRequest): Promise<Picked[]> {
  if (edition) return tx.run(pickOfEdition, [now, limit, edition.id])
  return only === undefined
    ? tx.run(pickWaited, [now, limit, held])
    : tx.run(pickOne, [now, limit, held, only])
}

const textOf = (source: string) => `WITH picked AS MATERIALIZED (
    SELECT d.* FROM delivery d
    WHERE d.status IN (${quoted(openStatuses)}) AND d.due_at <= $1 AND ${source}
    ORDER BY d.edition_id, d.due_at, d.id LIMIT $2 FOR UPDATE OF d SKIP LOCKED
  )
  SELECT p.id, p.kind, p.edition_id AS "editionId", coalesce(p.subscriber_id, ${nobody}) AS "subscriberId",
    CASE WHEN p.to_address IS NULL THEN s.epoch END AS epoch, coalesce(p.to_address, s.email, '') AS address, p.domain, p.payload, p.attempts, p.status AS was,
    p.due_at AS "dueAt", coalesce(p.expires_at, p.created_at + interval '2 days') AS "expiresAt",
    p.created_at AS "createdAt", s.status, s.frequency, s.timezone, s.hour,
    s.paused_until AS "pausedUntil", s.detail, x.reason AS suppressed
  FROM picked p
  LEFT JOIN subscriber s ON s.id = p.subscriber_id
  LEFT JOIN suppression x ON x.email_key = lower(coalesce(p.to_address, s.email))
  ORDER BY p.due_at, p.id`

const unlessHeld = `(NOT $3 OR (d.kind = 'alert' AND d.created_at >= (SELECT held_at FROM stamp)))`

const columns = {
  id: bigint,
  kind: oneOf(columnValues.delivery.kind),
  editionId: nullable(int),
  subscriberId: int,
  epoch: nullable(int),
  address: text,
  domain: text,
  payload: nullable(json(Type.Unknown())),
  attempts: smallint,
  was: oneOf(openStatuses),
  dueAt: present(timestamptz),
  expiresAt: timestamptz,
  createdAt: timestamptz,
  ...readerColumns,
} as const

const pickOfEdition = statement({
  text: textOf('d.edition_id = $3'),
  parameters: [timestamptz, bigint, int],
  columns,
})
const pickWaited = statement({
  text: textOf(`d.edition_id IS NULL AND ${unlessHeld}`),
  parameters: [timestamptz, bigint, boolean],
  columns,
})
const pickOne = statement({
  text: textOf(`d.edition_id IS NULL AND d.id = $4 AND ${unlessHeld}`),
  parameters: [timestamptz, bigint, boolean, bigint],
  columns,
})
type Picked = RowOf<typeof pickWaited>

const markRows = statement({
  text: `UPDATE delivery d SET
      status = CASE r.verdict WHEN 'claimed' THEN 'claimed' WHEN 'postponed' THEN d.status
                              WHEN 'expired' THEN 'expired' ELSE 'left_out' END,
      claim = CASE WHEN r.verdict = 'claimed' THEN $3::uuid END,
      lease_until = CASE WHEN r.verdict = 'claimed' THEN now() + $4::int * interval '1 millisecond' END,
      settled_at = CASE WHEN r.verdict NOT IN ('claimed', 'postponed') THEN $5::timestamptz END,
      due_at = coalesce(r.due_at, d.due_at), expires_at = greatest(d.expires_at, r.expires_at),
      reason = CASE WHEN r.verdict IN ('claimed', 'postponed') THEN d.reason ELSE r.verdict END
    FROM unnest($1::bigint[], $2::text[], $6::timestamptz[], $7::timestamptz[]) AS r(id, verdict, due_at, expires_at) WHERE d.id = r.id`,
  parameters: [bigints, texts, uuid, int, timestamptz, timestamps, timestamps],
  columns: {},
})

async function mark(
  tx: Queries,
  rows: Picked[],
  obstacles: Map<string, string | null>,
  postponed: Map<string, Postponed>,
  { claim, leaseMs, now }: RowsRequest,
): Promise<void> {
  const verdicts = rows.map(({ id }) => obstacles.get(id) ?? (postponed.has(id) ? 'postponed' : 'claimed'))
  const ids = rows.map(({ id }) => id)
  const dueAts = ids.map((id) => postponed.get(id)?.dueAt ?? null)
  const expiresAts = ids.map((id) => postponed.get(id)?.expiresAt ?? null)
  await tx.run(markRows, [ids, verdicts, claim, leaseMs, now, dueAts, expiresAts])
}
