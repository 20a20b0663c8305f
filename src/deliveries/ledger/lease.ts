/** Leases: how long they hold, how they are lengthened, given back, and taken over from workers that were lost. */
import { type Db } from '../../db/client.js'
import type { Queries } from '../../db/queries/queries.js'
import {
  bigint,
  bigints,
  boolean,
  int,
  nullable,
  present,
  texts,
  timestamptz,
  uuid,
  uuids,
  varbit,
} from '../../db/queries/sql-types.js'
import { type RowOf, statement } from '../../db/queries/statement.js'
import type { Claimed } from './delivery.js'
import { bitsOf, type HeldBatch, openWithout } from './place.js'
import { releaseBatches } from './release.js'
import { insertApart } from './set-apart.js'

/** A send must not begin shortly before another worker may take the mail over. */
const marginOf = (leaseMs: number) => Math.min(leaseMs / 4, 5_000)

/** By the stopwatch of this process, ask it before the claim: up to when a send may begin. */
export const leaseEndsAfter = (leaseMs: number): number => performance.now() + leaseMs - marginOf(leaseMs)

const rowsOf = (held: Claimed[]) => held.filter(({ place }) => place === null)

const batchesOf = (held: Claimed[]): HeldBatch[] => [
  ...new Set(held.flatMap(({ place }) => (place ? [place.batch] : []))),
]

const extend = statement({
  text: `WITH rows AS (
      UPDATE delivery d SET lease_until = now() + $3::int * interval '1 millisecond'
      FROM unnest($1::bigint[], $2::uuid[]) AS r(id, claim)
      WHERE d.id = r.id AND d.claim = r.claim RETURNING d.id
    ), batches AS (
      UPDATE batch b SET lease_until = now() + $3::int * interval '1 millisecond'
      FROM unnest($4::bigint[], $5::uuid[]) AS r(id, claim)
      WHERE b.id = r.id AND b.claim = r.claim RETURNING b.id
    )
    SELECT id FROM rows UNION ALL SELECT id FROM batches`,
  parameters: [bigints, uuids, int, bigints, uuids],
  columns: { id: bigint },
})

/**
 * Lengthens the leases of mails that are still held.
 * @returns the ids that are; the others were taken over.
 */
export async function extendLeases(tx: Queries, held: Claimed[], leaseMs: number): Promise<Set<string>> {
  const leaseEnds = leaseEndsAfter(leaseMs)
  const rows = rowsOf(held)
  const batches = batchesOf(held)
  const ids = (all: { id: string }[]) => all.map(({ id }) => id)
  const claims = (all: { claim: string }[]) => all.map(({ claim }) => claim)
  const found = await tx.run(extend, [ids(rows), claims(rows), leaseMs, ids(batches), claims(batches)])
  const kept = new Set(ids(found))
  const ours = held.filter(({ id, place }) => kept.has(place ? place.batch.id : id))
  for (const mail of ours) mail.leaseEnds = leaseEnds
  return new Set(ids(ours))
}

const giveRowsBack = statement({
  text: `UPDATE delivery d SET status = r.was, claim = NULL, lease_until = NULL
    FROM unnest($1::bigint[], $2::uuid[], $3::text[]) AS r(id, claim, was)
    WHERE d.id = r.id AND d.claim = r.claim`,
  parameters: [bigints, uuids, texts],
  columns: {},
})

/** Gives mails back on which no send was begun; a batch, once nothing of it is on its way either. */
export async function giveBack(tx: Queries, held: Claimed[], now: Date): Promise<void> {
  const rows = rowsOf(held)
  if (rows.length > 0) {
    await tx.run(giveRowsBack, [
      rows.map(({ id }) => id),
      rows.map(({ claim }) => claim),
      rows.map(({ was }) => was),
    ])
  }
  await letGo(tx, held, now)
}

/** Counts places as no longer handed out, and releases the batches of which none is. */
export async function letGo(tx: Queries, mails: Claimed[], now: Date): Promise<void> {
  const batches = batchesOf(mails)
  for (const batch of batches) batch.open = openWithout(batch, positionsIn(batch, mails))
  const idle = batches.filter(({ open }) => open.length === 0)
  await releaseBatches(
    tx,
    idle.map(({ claim }) => claim),
    now,
  )
}

const positionsIn = (batch: HeldBatch, mails: Claimed[]): number[] =>
  mails.flatMap(({ place }) => (place?.batch === batch ? [place.position] : []))

// An hour early, so that it goes before whatever is merely due.
const takeLostRows = statement({
  text: `WITH lost AS (
      SELECT id FROM delivery WHERE status = 'claimed' AND lease_until < now()
      ORDER BY lease_until LIMIT 5000 FOR UPDATE SKIP LOCKED
    )
    UPDATE delivery d SET status = 'in_doubt', claim = NULL, lease_until = NULL, reason = 'its worker was lost',
      due_at = CASE WHEN $2 THEN least(d.due_at, $1) - interval '1 hour' END
    FROM lost WHERE d.id = lost.id RETURNING d.id`,
  parameters: [timestamptz, boolean],
  columns: { id: bigint },
})

const lockLostBatches = statement({
  text: `SELECT id, claim, length(accepted) AS size, least(length(accepted), begun)::int AS begun
    FROM batch WHERE status = 'claimed' AND lease_until < now() ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED`,
  parameters: [],
  columns: { id: bigint, claim: present(uuid), size: int, begun: nullable(int) },
})
/** Without a record of what was begun, all of it may have been. */
type LostBatch = RowOf<typeof lockLostBatches>

/**
 * Takes back what lost workers held. A row may have been written to a relay, so it is in doubt: sent again with the
 * same Message-ID, or held for a human. A batch goes on from its record; what of it may have been written and is not
 * settled is sent again or held likewise.
 * @returns how many rows and batches.
 */
export async function takeOverLost(db: Db, now: Date, policy: 'resend' | 'hold'): Promise<number> {
  const rows = await db.run(takeLostRows, [now, policy === 'resend'])
  const batches = await db.transaction(null, async (tx) => {
    const lost = await tx.run(lockLostBatches, [])
    if (policy === 'hold') for (const batch of lost) await holdBegun(tx, batch)
    return releaseBatches(
      tx,
      lost.map(({ claim }) => claim),
      now,
    )
  })
  return rows.length + batches
}

const begunPlaces = statement({
  text: `SELECT n AS position FROM batch b CROSS JOIN LATERAL generate_series(0, $2::int - 1) AS p(n)
    WHERE b.id = $1 AND get_bit(b.accepted | b.apart, p.n) = 0 ORDER BY 1`,
  parameters: [bigint, int],
  columns: { position: int },
})

const setApart = statement({
  text: 'UPDATE batch SET apart = apart | $2::varbit WHERE id = $1',
  parameters: [bigint, varbit],
  columns: {},
})

/** Gives the places that may have been begun a row each that waits for a human. */
async function holdBegun(tx: Queries, { id, size, begun }: LostBatch): Promise<void> {
  const places = await tx.run(begunPlaces, [id, begun ?? size])
  if (places.length === 0) return
  const held = { status: 'in_doubt', dueAt: null, reason: 'its worker was lost' } as const
  const positions = places.map(({ position }) => position)
  await insertApart(
    tx,
    id,
    positions.map((position) => ({ position, ...held })),
  )
  await tx.run(setApart, [id, bitsOf(size, positions)])
}
