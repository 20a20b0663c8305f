/** Takes mails that are due under a lease: of an edition the exceptions first, then a batch. */
import { randomUUID } from 'node:crypto'
import type { Db } from '../../db/client.js'
import { findHold } from '../../db/continuity/hold.js'
import type { Witness } from '../../db/witness/witness.js'
import type { Queries } from '../../db/queries/queries.js'
import { canaryRoom, takeFromCanary } from '../ledger/canary.js'
import type { Claimed } from '../ledger/delivery.js'
import { refilled } from '../throttle/throttle.js'
import { lockBuckets, writeBuckets } from '../throttle/throttle-store.js'
import { claimBatch } from './claim-batch.js'
import { claimRows } from './claim-rows.js'
import { type GoingOut, readGoingOut } from '../ledger/going-out.js'
import { withOwnChoices } from './own-choices.js'
import { leaseEndsAfter } from '../ledger/lease.js'

export type ClaimRequest = {
  /** The edition to claim from, or null for the mails that somebody waits for. */
  editionId: number | null
  /** This row alone, of the mails that somebody waits for. */
  only?: string
  /** So many rows at most; a batch is claimed whole, unless a bound is in its way. */
  limit: number
  now: Date
  leaseMs: number
  /** The publication's own, for readers who have none; UTC when absent. */
  zone?: string
  /** Doubt is held for a human: of a batch, `limit` places may be begun at first. */
  cautious?: boolean
}

export type ClaimResult = {
  claimed: Claimed[]
  /** Whether there may be more. */
  more: boolean
}

/**
 * Workers pass over each other's claims without waiting; an edition that is not going out gives none, and neither
 * does a database that may not know what has gone out. Senders claim through `claimMailable`. Leases are
 * measured by the database's clock alone, since those of hosts differ.
 */
export function claimDue(db: Db, request: ClaimRequest): Promise<ClaimResult> {
  return db.transaction(null, (tx) => claimWithin(tx, db.witness, request))
}

/** The same, in a transaction that does more. */
export async function claimWithin(
  tx: Queries,
  witness: Witness,
  request: ClaimRequest,
): Promise<ClaimResult> {
  const leased = { zone: 'UTC', ...request, claim: randomUUID(), leaseEnds: leaseEndsAfter(request.leaseMs) }
  const held = (await findHold(tx, witness)) !== null
  if (request.editionId === null) return claimRows(tx, { ...leased, edition: null, held })
  if (held) return { claimed: [], more: false }
  const edition = await readGoingOut(tx, request.editionId)
  if (!edition) return { claimed: [], more: false }
  const room = await roomFor(tx, edition.id, request.now)
  if (room === 0) return { claimed: [], more: false }
  const found = await claimOf(tx, edition, room, leased)
  await account(tx, edition.id, found.claimed.length, request.now)
  return { ...found, claimed: await withOwnChoices(tx, found.claimed) }
}

type Leased = ClaimRequest & { zone: string; claim: string; leaseEnds: number }

async function claimOf(
  tx: Queries,
  edition: GoingOut,
  room: number | null,
  leased: Leased,
): Promise<ClaimResult> {
  const { limit, cautious } = leased
  const rows = await claimRows(tx, { ...leased, edition, held: false, limit: Math.min(limit, room ?? limit) })
  if (!edition.inBatches || rows.more) return rows
  const rest = room === null ? null : room - rows.claimed.length
  if (rows.claimed.length >= limit || rest === 0) return { ...rows, more: true }
  const begin = cautious ? limit - rows.claimed.length : null
  const places = await claimBatch(tx, { ...leased, edition, room: rest, begin })
  return { claimed: [...rows.claimed, ...(places ?? [])], more: places !== null }
}

/** How many mails of a broadcast may be claimed, by the bound on all mail and by the edition's canary; null for any. */
async function roomFor(tx: Queries, editionId: number, now: Date): Promise<number | null> {
  const canary = await canaryRoom(tx, editionId)
  const [overall] = await lockBuckets(tx, 'overall', ['*'])
  const tokens = overall ? Math.max(0, Math.floor(refilled(overall, now).tokens)) : null
  if (tokens === null || canary === null) return tokens ?? canary
  return Math.min(tokens, canary)
}

/** Books what was claimed against the bound on all mail and the canary; both rows are locked by now. */
async function account(tx: Queries, editionId: number, mails: number, now: Date): Promise<void> {
  if (mails === 0) return
  await takeFromCanary(tx, editionId, mails)
  const [overall] = await lockBuckets(tx, 'overall', ['*'])
  if (!overall) return
  const full = refilled(overall, now)
  await writeBuckets(tx, 'overall', [{ ...full, tokens: full.tokens - mails }])
}
