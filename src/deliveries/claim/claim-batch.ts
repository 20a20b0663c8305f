/** Claims a batch and reads its readers as they are now; who may not be mailed any more, or not yet, is set apart. */
import type { Queries } from '../../db/queries/queries.js'
import {
  bigint,
  int,
  nullable,
  smallint,
  text,
  timestamptz,
  uuid,
  varbit,
} from '../../db/queries/sql-types.js'
import { type RowOf, statement } from '../../db/queries/statement.js'
import type { Claimed } from '../ledger/delivery.js'
import type { GoingOut } from '../ledger/going-out.js'
import { obstacleOf, openMoves, readerColumns } from '../ledger/obstacle.js'
import { begunOf, bitsOf, type HeldBatch, placeId } from '../ledger/place.js'
import { putOff } from './put-off.js'
import { expireBatches, releaseBatches } from '../ledger/release.js'
import { type Apart, insertApart } from '../ledger/set-apart.js'
import { expiryOf } from '../ledger/slots.js'

export type BatchRequest = {
  edition: GoingOut
  /** No more places than this, by the bound on all mail and the canary; null for the whole batch. */
  room: number | null
  /** So many places may be begun at first, where doubt is held for a human; null for all. */
  begin: number | null
  now: Date
  leaseMs: number
  zone: string
  claim: string
  leaseEnds: number
}

/** A slot that differs by this much from the batch's is another one: the canary is due a moment before its like. */
const canaryLeadMs = 1

/**
 * Claims the batch that is due first. One of which nothing is to be sent is ended, and the next one is looked at.
 * @returns its places, or null when no batch is due.
 */
export async function claimBatch(tx: Queries, request: BatchRequest): Promise<Claimed[] | null> {
  for (;;) {
    const batch = await take(tx, request)
    if (!batch) return null
    const claimed = batch.expiresAt <= request.now ? [] : await claimPlaces(tx, batch, request)
    if (claimed.length > 0) return claimed
    await releaseBatches(tx, [request.claim], request.now)
    if (batch.expiresAt <= request.now) await expireBatches(tx, request.edition.id, request.now)
  }
}

const takeBatch = statement({
  text: `UPDATE batch SET status = 'claimed', claim = $3, lease_until = now() + $4::int * interval '1 millisecond'
    WHERE id = (SELECT id FROM batch WHERE edition_id = $1 AND status = 'due' AND due_at <= $2
                ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, length(accepted) AS size, due_at AS "dueAt", expires_at AS "expiresAt", created_at AS "createdAt"`,
  parameters: [int, timestamptz, uuid, int],
  columns: { id: bigint, size: int, dueAt: timestamptz, expiresAt: timestamptz, createdAt: timestamptz },
})
type Taken = RowOf<typeof takeBatch>

async function take(tx: Queries, { edition, now, leaseMs, claim }: BatchRequest): Promise<Taken | undefined> {
  const [batch] = await tx.run(takeBatch, [edition.id, now, claim, leaseMs])
  return batch
}

async function claimPlaces(tx: Queries, taken: Taken, request: BatchRequest): Promise<Claimed[]> {
  const { edition, begin, now } = request
  const movedTo = openMoves(edition, now, request.zone)
  const { id, size } = taken
  const batch: HeldBatch = { id, claim: request.claim, size, open: [], window: begin, begun: 0 }
  const apart: Apart[] = []
  const open: (Claimed & { position: number })[] = []
  for (const seat of await tx.run(readSeats, [taken.id, request.room])) {
    const { position } = seat
    const obstacle = obstacleOf(
      { kind: 'edition', address: seat.address, expiresAt: taken.expiresAt },
      seat,
      now,
      edition,
      request.zone,
    )
    if (obstacle !== null) {
      apart.push({ position, status: 'left_out', settledAt: now, reason: obstacle })
      continue
    }
    const dueAt = movedTo(seat)
    if (dueAt && dueAt.getTime() - taken.dueAt.getTime() > canaryLeadMs) {
      apart.push({ position, status: 'due', dueAt, expiresAt: expiryOf({ dueAt }, now) })
    } else open.push({ ...claimedOf(seat, taken, batch, request), position })
  }
  const waits = await putOff(tx, open, now)
  for (const { id, position } of open) {
    const dueAt = waits.get(id)
    if (dueAt) apart.push({ position, status: 'due', dueAt })
  }
  const claimed = open.filter(({ id }) => !waits.has(id))
  batch.open = claimed.map(({ position }) => position)
  batch.begun = begunOf(batch, batch.open)
  await note(tx, batch, apart)
  return claimed
}

/** The places that are still due, with their readers. */
const readSeats = statement({
  text: `SELECT p.n::int - 1 AS position, p.reader AS "subscriberId", s.epoch, coalesce(s.email, '') AS address,
      coalesce(s.domain, '') AS domain, s.status, s.frequency, s.timezone, s.hour,
      s.paused_until AS "pausedUntil", s.detail, x.reason AS suppressed
    FROM batch b CROSS JOIN LATERAL unnest(b.readers) WITH ORDINALITY AS p(reader, n)
    LEFT JOIN subscriber s ON s.id = p.reader
    LEFT JOIN suppression x ON x.email_key = s.email_key
    WHERE b.id = $1 AND get_bit(b.accepted | b.apart, p.n::int - 1) = 0 ORDER BY p.n LIMIT $2`,
  parameters: [bigint, nullable(bigint)],
  columns: {
    position: int,
    subscriberId: int,
    epoch: nullable(int),
    address: text,
    domain: text,
    ...readerColumns,
  },
})
type Seat = RowOf<typeof readSeats>

const noteApart = statement({
  text: 'UPDATE batch SET apart = apart | $2::varbit, begun = $3 WHERE id = $1',
  parameters: [bigint, varbit, nullable(smallint)],
  columns: {},
})

async function note(tx: Queries, batch: HeldBatch, apart: Apart[]): Promise<void> {
  await insertApart(tx, batch.id, apart)
  if (apart.length === 0 && batch.window === null) return
  const bits = bitsOf(
    batch.size,
    apart.map(({ position }) => position),
  )
  const begun = batch.window === null ? null : batch.begun
  await tx.run(noteApart, [batch.id, bits, begun])
}

function claimedOf(
  { position, subscriberId, epoch, detail, address, domain }: Seat,
  { dueAt, expiresAt, createdAt }: Taken,
  batch: HeldBatch,
  { edition, leaseEnds }: BatchRequest,
): Claimed {
  return {
    id: placeId(batch.id, position),
    claim: batch.claim,
    leaseEnds,
    kind: 'edition',
    editionId: edition.id,
    subscriberId,
    epoch,
    detail,
    address,
    domain,
    payload: null,
    attempts: 0,
    was: 'due',
    dueAt,
    expiresAt,
    createdAt,
    place: { batch, position },
  }
}
