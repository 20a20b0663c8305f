/** Leaves out mails that were claimed already: rows end, places get a row that says why. */
import { type Db } from '../../db/client.js'
import type { Queries } from '../../db/queries/queries.js'
import { bigint, bigints, texts, timestamptz, uuid, uuids, varbit } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import type { Claimed } from '../ledger/delivery.js'
import { letGo } from '../ledger/lease.js'
import { bitsOf, type HeldBatch } from '../ledger/place.js'
import { insertApart } from '../ledger/set-apart.js'

export type Barred = { mail: Claimed; reason: string }

/** As far as this worker still holds them. */
export async function leaveOut(db: Db, barred: Barred[], now: Date): Promise<void> {
  await endRows(
    db,
    barred.filter(({ mail }) => mail.place === null),
    now,
  )
  const batches = new Set(barred.flatMap(({ mail: { place } }) => (place ? [place.batch] : [])))
  for (const batch of batches) {
    const ours = barred.filter(({ mail }) => mail.place?.batch === batch)
    await db.transaction(null, (tx) => endPlaces(tx, batch, ours, now))
    await letGo(
      db,
      ours.map(({ mail }) => mail),
      now,
    )
  }
}

const endClaimed = statement({
  text: `UPDATE delivery d SET status = 'left_out', reason = r.reason, settled_at = $4, claim = NULL, lease_until = NULL,
      to_address = CASE WHEN r.reason <> 'suppressed: erased' THEN d.to_address END
    FROM unnest($1::bigint[], $2::uuid[], $3::text[]) AS r(id, claim, reason)
    WHERE d.id = r.id AND d.claim = r.claim`,
  parameters: [bigints, uuids, texts, timestamptz],
  columns: {},
})

/** Of mails that have rows. */
export async function endRows(tx: Queries, rows: Barred[], now: Date): Promise<void> {
  if (rows.length === 0) return
  const mails = rows.map(({ mail }) => mail)
  const ids = mails.map(({ id }) => id)
  const claims = mails.map(({ claim }) => claim)
  const reasons = rows.map(({ reason }) => reason)
  await tx.run(endClaimed, [ids, claims, reasons, now])
}

const setHeldApart = statement({
  text: 'UPDATE batch SET apart = apart | $3::varbit WHERE id = $1 AND claim = $2 RETURNING id',
  parameters: [bigint, uuid, varbit],
  columns: { id: bigint },
})

async function endPlaces(tx: Queries, batch: HeldBatch, places: Barred[], now: Date): Promise<void> {
  const apart = places.flatMap(({ mail: { place }, reason }) =>
    place ? [{ position: place.position, status: 'left_out' as const, settledAt: now, reason }] : [],
  )
  const positions = apart.map(({ position }) => position)
  const held = await tx.run(setHeldApart, [batch.id, batch.claim, bitsOf(batch.size, positions)])
  if (held.length > 0) await insertApart(tx, batch.id, apart)
}
