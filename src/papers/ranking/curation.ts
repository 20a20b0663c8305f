/** What editors want of the papers of a day: pinned to a place, hidden, let in again. */
import type { Day } from '../../clock.js'
import type { Query } from '../../db/client.js'
import { Problem } from '../../errors.js'
import type { CurationEntry } from './ranking.js'

const columns = 'paper_id AS "paperId", action, position, reason, by'

/** The editors' words on a day, pins in the order of their places. */
export async function readCuration(query: Query, day: Day): Promise<CurationEntry[]> {
  return query<CurationEntry>(
    `SELECT ${columns} FROM curation WHERE day = $1::date ORDER BY position NULLS LAST, paper_id, action`,
    [day],
  )
}

/**
 * Keeps an editor's word. A pin and a hide of one paper replace each other; whoever held the place of a new pin
 * loses it. Call it in a transaction.
 * @throws Problem `not-found` when the paper is not kept, `invalid` when a pin has no place from 1 to 50.
 */
export async function curate(query: Query, day: Day, entry: CurationEntry): Promise<void> {
  const { paperId, action, reason, by } = entry
  const position = action === 'pin' ? entry.position : null
  if (
    action === 'pin' &&
    !(position !== null && Number.isInteger(position) && position >= 1 && position <= 50)
  ) {
    throw new Problem('invalid', 'A pinned paper needs a place from 1 to 50.')
  }
  const known = await query('SELECT 1 FROM paper WHERE id = $1', [paperId])
  if (known.length === 0) throw new Problem('not-found', `No paper ${paperId} is kept.`)
  await query(
    `DELETE FROM curation WHERE day = $1::date AND (
       (paper_id = $2 AND (action = $3 OR (action <> 'return' AND $3 <> 'return')))
       OR (action = 'pin' AND position = $4))`,
    [day, paperId, action, position],
  )
  await query(
    `INSERT INTO curation (day, paper_id, action, position, reason, by) VALUES ($1, $2, $3, $4, $5, $6)`,
    [day, paperId, action, position, reason, by],
  )
}

/** Takes an editor's words on one paper of a day back; @returns whether there were any. */
export async function uncurate(query: Query, day: Day, paperId: string): Promise<boolean> {
  const gone = await query('DELETE FROM curation WHERE day = $1::date AND paper_id = $2 RETURNING paper_id', [
    day,
    paperId,
  ])
  return gone.length > 0
}
