/** Takes deliveries that are due under a lease, and leaves out those whose reader may not be mailed any more. */
import { randomUUID } from 'node:crypto'
import { type Db, inTransaction, type Query } from '../../db/client.js'
import { findHold } from '../../db/continuity/hold.js'
import type { Hold } from '../../db/continuity/stamp.js'
import { canaryRoom, takeFromCanary } from './canary.js'
import { type Claimed, type DeliveryKind, nobody } from './delivery.js'
import { changedMind, movedTo, type Wishes } from './changed-wishes.js'
import { allot, refilled } from '../throttle/throttle.js'
import { lockBuckets, writeBuckets } from '../throttle/throttle-store.js'
import { quoted } from '../../db/quoted.js'
import { type OpenStatus, openStatuses } from '../../mail/delivery-status.js'

export type ClaimRequest = {
  /** The edition to claim from, or null for the mails that somebody waits for. */
  editionId: number | null
  /** This row alone, of the mails that somebody waits for. */
  only?: string
  limit: number
  /** The publication's own, for readers who have none; UTC when absent. */
  zone?: string
  now: Date
  leaseMs: number
}

export type ClaimResult = {
  claimed: Claimed[]
  /** Whether as many rows were found as were asked for, so that there may be more. */
  more: boolean
}

type Picked = Wishes & {
  id: string
  kind: DeliveryKind
  editionId: number | null
  subscriberId: number
  epoch: number | null
  address: string
  domain: string
  payload: unknown
  attempts: number
  was: OpenStatus
  dueAt: Date
  expiresAt: Date
  createdAt: Date
  /** Why it is not to be sent; null when it is. */
  obstacle: string | null
}

/** A send must not begin shortly before another worker may take the row over. */
const marginOf = (leaseMs: number) => Math.min(leaseMs / 4, 5_000)

/**
 * Claims up to `limit` rows. Workers pass over each other's rows without waiting; an edition that is not
 * `sending` gives none, and neither does a database that may not know what has gone out. Senders claim through
 * `claimMailable`. Leases are measured by the database's clock alone, since those of hosts differ.
 */
export async function claimDue(db: Db, request: ClaimRequest): Promise<ClaimResult> {
  const leaseEnds = performance.now() + request.leaseMs - marginOf(request.leaseMs)
  const claim = randomUUID()
  return inTransaction(db, async (query, tx) => {
    const hold = await findHold(tx, db.witness)
    const limit = await roomFor(query, hold, request)
    if (limit === 0) return { claimed: [], more: false }
    const picked = await pick(query, hold, { ...request, limit })
    for (const row of picked) row.obstacle ??= changedMind(row, request.now, request.zone ?? 'UTC')
    if (picked.length === 0) return { claimed: [], more: false }
    const sendable = picked.filter((row) => row.obstacle === null)
    const postponed = request.editionId === null ? new Map() : await putOff(query, sendable, request)
    const taken = sendable.filter((row) => !postponed.has(row.id))
    await mark(query, picked, postponed, claim, request)
    if (request.editionId !== null) await account(query, request.editionId, taken.length, request.now)
    return {
      claimed: taken.map((row) => ({ ...row, claim, leaseEnds })),
      more: picked.length === limit,
    }
  })
}

/** How many rows may be claimed: of a broadcast by the bound on all mail and by the edition's canary. */
async function roomFor(
  query: Query,
  hold: Hold | null,
  { editionId, limit, now }: ClaimRequest,
): Promise<number> {
  if (editionId === null) return limit
  if (hold) return 0
  const canary = await canaryRoom(query, editionId)
  const [overall] = await lockBuckets(query, 'overall', ['*'])
  const tokens = overall ? Math.floor(refilled(overall, now).tokens) : limit
  return Math.max(0, Math.min(limit, tokens, canary ?? limit))
}

/** Rows whose readers moved their hour wait for it; the others take tokens of their domains, or wait for one. */
async function putOff(
  query: Query,
  rows: Picked[],
  { now, zone = 'UTC' }: ClaimRequest,
): Promise<Map<string, Date>> {
  const moved = new Map<string, Date>()
  for (const row of rows) {
    const to = row.was === 'due' ? movedTo(row, now, zone) : null
    if (to && to < row.expiresAt) moved.set(row.id, to)
  }
  const here = rows.filter(({ id }) => !moved.has(id))
  const buckets = await lockBuckets(query, 'domain', [...new Set(here.map((row) => row.domain))])
  if (buckets.length === 0) return moved
  const allotment = allot(here, buckets, now, Math.random)
  await writeBuckets(query, 'domain', allotment.buckets)
  return new Map([...moved, ...allotment.postponed])
}

/** Books what was claimed against the bound on all mail and the canary; both rows are locked by now. */
async function account(query: Query, editionId: number, rows: number, now: Date): Promise<void> {
  if ((await canaryRoom(query, editionId)) !== null) await takeFromCanary(query, editionId, rows)
  const [overall] = await lockBuckets(query, 'overall', ['*'])
  if (!overall) return
  const full = refilled(overall, now)
  await writeBuckets(query, 'overall', [{ ...full, tokens: full.tokens - rows }])
}

function pick(
  query: Query,
  hold: Hold | null,
  { editionId, only, limit, now }: ClaimRequest,
): Promise<Picked[]> {
  const waited = only === undefined ? 'd.edition_id IS NULL' : 'd.edition_id IS NULL AND d.id = $3'
  const source = editionId === null ? waited : `d.edition_id = $3 AND ${editionIsSending}`
  const which = editionId ?? only
  return query<Picked>(
    `WITH picked AS MATERIALIZED (
       SELECT d.* FROM delivery d
       WHERE d.status IN (${quoted(openStatuses)}) AND d.due_at <= $1 AND ${source}
         ${hold ? tellsOfHold : ''}
       ORDER BY d.edition_id, d.due_at, d.id LIMIT $2 FOR UPDATE OF d SKIP LOCKED
     )
     SELECT p.id, p.kind, p.edition_id AS "editionId", coalesce(p.subscriber_id, ${nobody}) AS "subscriberId",
       CASE WHEN p.to_address IS NULL THEN s.epoch END AS epoch, coalesce(p.to_address, s.email) AS address, p.domain, p.payload, p.attempts, p.status AS was,
       p.due_at AS "dueAt", coalesce(p.expires_at, p.created_at + interval '2 days') AS "expiresAt",
       p.created_at AS "createdAt", e.kind AS "editionKind", e.send_at AS "sendAt", s.frequency, s.timezone, s.hour,
       s.paused_until::text AS "pausedUntil", ${obstacle} AS obstacle
     FROM picked p
     LEFT JOIN subscriber s ON s.id = p.subscriber_id
     LEFT JOIN edition e ON e.id = p.edition_id
     LEFT JOIN suppression x ON x.email_key = lower(coalesce(p.to_address, s.email))
     ORDER BY p.due_at, p.id`,
    which === undefined ? [now, limit] : [now, limit, which],
  )
}

// While all sending is held, only what tells an operator so goes out.
const tellsOfHold = `AND d.kind = 'alert' AND d.created_at >= (SELECT held_at FROM stamp)`

const editionIsSending = `(SELECT e.status FROM edition e WHERE e.id = $3) = 'sending'`

// Confirmations go to readers who are not active yet, notices to those who may be so no more, and alerts to
// operators, who asked for them.
const obstacle = `CASE
  WHEN coalesce(p.to_address, s.email) IS NULL OR (s.id IS NULL AND p.kind NOT IN ('alert', 'test')) THEN 'erased'
  WHEN p.kind IN ('edition', 'welcome') AND s.status <> 'active' THEN s.status
  WHEN x.id IS NOT NULL AND p.kind <> 'alert' THEN 'suppressed: ' || x.reason
  WHEN coalesce(p.expires_at, p.created_at + interval '2 days') <= $1 THEN 'expired'
END`

async function mark(
  query: Query,
  rows: Picked[],
  postponed: Map<string, Date>,
  claim: string,
  request: ClaimRequest,
): Promise<void> {
  const verdicts = rows.map(({ id, obstacle }) => obstacle ?? (postponed.has(id) ? 'postponed' : 'claimed'))
  await query(
    `UPDATE delivery d SET
       status = CASE r.verdict WHEN 'claimed' THEN 'claimed' WHEN 'postponed' THEN d.status
                               WHEN 'expired' THEN 'expired' ELSE 'left_out' END,
       claim = CASE WHEN r.verdict = 'claimed' THEN $3::uuid END,
       lease_until = CASE WHEN r.verdict = 'claimed' THEN now() + $4 * interval '1 millisecond' END,
       settled_at = CASE WHEN r.verdict NOT IN ('claimed', 'postponed') THEN $5::timestamptz END,
       due_at = coalesce(r.due_at, d.due_at),
       reason = CASE WHEN r.verdict IN ('claimed', 'postponed') THEN d.reason ELSE r.verdict END
     FROM unnest($1::bigint[], $2::text[], $6::timestamptz[]) AS r(id, verdict, due_at) WHERE d.id = r.id`,
    [
      rows.map((row) => row.id),
      verdicts,
      claim,
      request.leaseMs,
      request.now,
      rows.map(({ id }) => postponed.get(id) ?? null),
    ],
  )
}

/**
 * Lengthens the leases of rows that are still held.
 * @returns the ids that are; the others were taken over.
 */
export async function extendLeases(db: Db, held: Claimed[], leaseMs: number): Promise<Set<string>> {
  const leaseEnds = performance.now() + leaseMs - marginOf(leaseMs)
  const rows = await db.sql<{ id: string }>(
    `UPDATE delivery d SET lease_until = now() + $3 * interval '1 millisecond'
     FROM unnest($1::bigint[], $2::uuid[]) AS r(id, claim)
     WHERE d.id = r.id AND d.claim = r.claim RETURNING d.id`,
    [held.map((row) => row.id), held.map((row) => row.claim), leaseMs],
  )
  const kept = new Set(rows.map((row) => row.id))
  for (const row of held) if (kept.has(row.id)) row.leaseEnds = leaseEnds
  return kept
}

/** Gives rows back on which no send was begun. */
export async function giveBack(db: Db, held: Claimed[]): Promise<void> {
  if (held.length === 0) return
  await db.sql(
    `UPDATE delivery d SET status = r.was, claim = NULL, lease_until = NULL
     FROM unnest($1::bigint[], $2::uuid[], $3::text[]) AS r(id, claim, was)
     WHERE d.id = r.id AND d.claim = r.claim`,
    [held.map((row) => row.id), held.map((row) => row.claim), held.map((row) => row.was)],
  )
}

/**
 * Takes back the rows of workers that were lost. Such a row may have been written to a relay, so it is in
 * doubt: sent again with the same Message-ID, or held for a human.
 * @returns how many.
 */
export async function takeOverLost(db: Db, now: Date, policy: 'resend' | 'hold'): Promise<number> {
  const rows = await db.sql(
    `WITH lost AS (
       SELECT id FROM delivery WHERE status = 'claimed' AND lease_until < now()
       ORDER BY lease_until LIMIT 5000 FOR UPDATE SKIP LOCKED
     )
     UPDATE delivery d SET status = 'in_doubt', claim = NULL, lease_until = NULL, reason = 'its worker was lost',
       due_at = CASE WHEN $2 = 'resend' THEN $1::timestamptz END
     FROM lost WHERE d.id = lost.id RETURNING d.id`,
    [now, policy],
  )
  return rows.length
}
