/** Settles places of one batch: what was accepted as bits and one record of what the relay said, the rest as rows. */
import { Type } from 'typebox'
import { type Db } from '../../db/client.js'
import type { Queries } from '../../db/queries/queries.js'
import { bigint, boolean, json, nullable, smallint, uuid, varbit } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import type { AfterRefusal } from './settlement.js'
import { hasConsequences, printable, type Settlement } from './settlement.js'
import { begunOf, bitsOf, type HeldBatch, openWithout } from '../ledger/place.js'
import { saidTo } from './replies.js'
import { type Apart, insertApart } from '../ledger/set-apart.js'

/**
 * All or none, and none when the batch was taken over meanwhile: then what we know of them is void.
 * @param settlements of places of that batch.
 */
export async function settlePlaces(
  db: Db,
  batch: HeldBatch,
  settlements: Settlement[],
  afterRefusal: AfterRefusal,
): Promise<boolean> {
  const tried = settlements.filter((one) => !isUntouched(one))
  const accepted = tried.filter(({ status }) => status === 'accepted')
  const others = tried.filter(({ status }) => status !== 'accepted')
  if (tried.length === 0) return true
  if (others.length === 0) return write(db, batch, accepted, others)
  return db.transaction(null, async (tx) => {
    if (!(await write(tx, batch, accepted, others))) return false
    const here = await insertApart(tx, batch.id, others.map(apartOf))
    // An address that was erased while its mail was on the wire is not written down again.
    const refused = others.filter(
      (one) => hasConsequences(one) && one.delivery.place && here.has(one.delivery.place.position),
    )
    if (refused.length > 0) await afterRefusal(tx, refused)
    return true
  })
}

/** No relay took note of it: it is due as it was. */
const isUntouched = ({ status, outcome, delivery }: Settlement) => outcome === null && status === delivery.was

async function write(
  tx: Queries,
  batch: HeldBatch,
  accepted: Settlement[],
  others: Settlement[],
): Promise<boolean> {
  const positions = positionsOf([...accepted, ...others])
  const begun = begunOf(batch, openWithout(batch, positions))
  const [row] = await tx.run(settleBatch, [
    batch.id,
    batch.claim,
    bitsOf(batch.size, positionsOf(accepted)),
    bitsOf(batch.size, positionsOf(others)),
    batch.window === null ? null : begun,
    saidTo(accepted),
  ])
  if (row?.settled) batch.begun = begun
  return row?.settled ?? false
}

const positionsOf = (settlements: Settlement[]): number[] =>
  settlements.flatMap(({ delivery: { place } }) => (place ? [place.position] : []))

// A function in the database, so that its plan is kept.
const settleBatch = statement({
  text: 'SELECT settle_places($1, $2, $3, $4, $5, $6) AS settled',
  parameters: [bigint, uuid, varbit, varbit, nullable(smallint), json(Type.Unknown())],
  columns: { settled: boolean },
})

function apartOf(settlement: Settlement): Apart {
  const { delivery, status, dueAt, at, outcome, relay, code, enhanced, reply, reason, durationMs } =
    settlement
  if (status === 'accepted') throw new Error('an accepted place has no row')
  const ended = status !== 'due' && status !== 'deferred' && status !== 'in_doubt'
  return {
    position: delivery.place?.position ?? 0,
    status,
    dueAt,
    settledAt: ended ? at : null,
    reason,
    ...(outcome !== null && {
      tried: { at, outcome, relay, code, enhanced, reply: printable(reply), durationMs },
    }),
  }
}
