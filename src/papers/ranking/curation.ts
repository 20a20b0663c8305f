/** What editors want of the papers of a day: pinned to a place, hidden, let in again. */
import type { Day } from '../../clock.js'
import type { Queries, Tx } from '../../db/client.js'
import { dayValue } from '../../db/queries/tables.js'
import { Problem } from '../../errors.js'
import type { CurationEntry } from './ranking.js'

/** The editors' words on a day, pins in the order of their places. */
export async function readCuration(db: Queries, day: Day): Promise<CurationEntry[]> {
  return db.tables
    .selectFrom('curation')
    .select(['paper_id as paperId', 'action', 'position', 'ordered', 'reason', 'by'])
    .where('day', '=', dayValue(day))
    .orderBy('position', (order) => order.asc().nullsLast())
    .orderBy('paper_id')
    .orderBy('action')
    .execute()
}

/**
 * Keeps an editor's word. A pin and a hide of one paper replace each other; whoever held the place of a new pin
 * loses it.
 * @throws Problem `not-found` when the paper is not kept, `invalid` when a pin has no place from 1 to 50.
 */
export async function curate(tx: Tx, day: Day, entry: CurationEntry): Promise<void> {
  const { paperId, action, reason, by, ordered = false } = entry
  const position = action === 'pin' ? entry.position : null
  if (
    action === 'pin' &&
    !(position !== null && Number.isInteger(position) && position >= 1 && position <= 50)
  ) {
    throw new Problem('invalid', 'A pinned paper needs a place from 1 to 50.')
  }
  const known = await tx.tables.selectFrom('paper').select('id').where('id', '=', paperId).executeTakeFirst()
  if (!known) throw new Problem('not-found', `No paper ${paperId} is kept.`)
  await tx.tables
    .deleteFrom('curation')
    .where('day', '=', dayValue(day))
    .where((one) => {
      const replaced = action === 'return' ? one('action', '=', action) : one('action', '!=', 'return')
      const samePaper = one.and([one('paper_id', '=', paperId), replaced])
      return position === null
        ? samePaper
        : one.or([samePaper, one.and([one('action', '=', 'pin'), one('position', '=', position)])])
    })
    .execute()
  await tx.tables
    .insertInto('curation')
    .values({ day: dayValue(day), paper_id: paperId, action, position, ordered, reason, by })
    .execute()
}

/** Takes an editor's words on one paper of a day back; @returns whether there were any. */
export async function uncurate(tx: Tx, day: Day, paperId: string): Promise<boolean> {
  const gone = await tx.tables
    .deleteFrom('curation')
    .where('day', '=', dayValue(day))
    .where('paper_id', '=', paperId)
    .returning('paper_id')
    .execute()
  return gone.length > 0
}
