/** The edition that a claim takes from, as long as it goes out. */
import type { Queries } from '../../db/queries/queries.js'
import { boolean, int, oneOf, present, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { editionKinds } from '../../editions/edition.js'
import type { EditionOwed } from './obstacle.js'

/** What the database calls an edition that goes out: `mailing` from batches, `sending` from rows alone. */
export const goingOut = `('sending', 'mailing')`

export type GoingOut = EditionOwed & { id: number; inBatches: boolean }

const readGoing = statement({
  text: `SELECT id, kind, coalesce(send_at, fanned_out_at) AS "sendAt", batches IS NOT NULL AS "inBatches"
    FROM edition WHERE id = $1 AND status IN ${goingOut}`,
  parameters: [int],
  columns: { id: int, kind: oneOf(editionKinds), sendAt: present(timestamptz), inBatches: boolean },
})

/** @returns null when it is not going out now. */
export async function readGoingOut(tx: Queries, editionId: number): Promise<GoingOut | null> {
  const [edition] = await tx.run(readGoing, [editionId])
  return edition ?? null
}
