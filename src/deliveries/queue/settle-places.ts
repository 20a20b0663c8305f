/** Settles places of one batch: what was accepted as bits and one record of what the relay said, the rest as rows. */
import { Type } from 'typebox'
import { type Db, inTransaction } from '../../db/client.js'
import type { Queries } from '../../db/queries.js'
import { bigint, int, json, nullable, smallint, uuid, varbit } from '../../db/sql-types.js'
import { statement } from '../../db/statement.js'
import type { AfterRefusal } from './settlement.js'
import { hasConsequences, printable, type Settlement } from './settlement.js'
import { begunOf, bitsOf, type HeldBatch, openWithout } from './place.js'
import { saidTo } from './replies.js'
import { type Apart, insertApart } from './set-apart.js'

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
  return inTransaction(db, async (query, tx) => {
    if (!(await write(tx, batch, accepted, others))) return false
    const here = await insertApart(tx, batch.id, others.map(apartOf))
    // An address that was erased while its mail was on the wire is not written down again.
    const refused = others.filter(
      ({ refusal, delivery: { place } }) =>
        refusal !== null && hasConsequences.has(refusal) && place && here.has(place.position),
    )
    if (refused.length > 0) await afterRefusal(query, refused)
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
  const said = saidTo(accepted)
  const rows = await tx.run(settleBatch, [
    batch.id,
    batch.claim,
    bitsOf(batch.size, positionsOf(accepted)),
    bitsOf(batch.size, positionsOf(others)),
    batch.window === null ? null : begun,
    said.length,
    said,
  ])
  if (rows.length > 0) batch.begun = begun
  return rows.length > 0
}

const positionsOf = (settlements: Settlement[]): number[] =>
  settlements.flatMap(({ delivery: { place } }) => (place ? [place.position] : []))

// The claim is the fence; that a place is settled once, whatever became of an answer of the database, is its last line.
const settleBatch = statement({
  text: `WITH settled AS (
  UPDATE batch SET accepted = accepted | $3::varbit, apart = apart | $4::varbit, settles = settles + $6::int, begun = $5
  WHERE id = $1 AND claim = $2 AND bit_count((accepted | apart) & ($3::varbit | $4::varbit)) = 0
  RETURNING id, settles
), said AS (
  INSERT INTO batch_settle (batch_id, n, at, code, relay, places, reply, ends)
  SELECT s.id, s.settles - row_number() OVER () + 1, r.at, r.code, r.relay, r.places, r.reply, r.ends
  FROM settled s CROSS JOIN jsonb_to_recordset($7) AS r(at timestamptz, code smallint, relay text, places smallint[], reply text, ends text)
)
SELECT id FROM settled`,
  parameters: [bigint, uuid, varbit, varbit, nullable(smallint), int, json(Type.Unknown())],
  columns: { id: bigint },
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
