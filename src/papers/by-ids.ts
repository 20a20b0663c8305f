/** Kept papers by their ids. */
import type { Queries } from '../db/client.js'
import { texts } from '../db/queries/sql-types.js'
import { statement } from '../db/queries/statement.js'
import { type KeptPaper, keptColumns, keptColumnTypes, paperOf } from './reads.js'

const byIds = statement({
  text: `SELECT ${keptColumns} FROM unnest($1::text[]) WITH ORDINALITY AS wanted(id, i)
    JOIN paper p ON p.id = wanted.id
    LEFT JOIN LATERAL (SELECT * FROM listing WHERE paper_id = p.id ORDER BY day DESC LIMIT 1) l ON true ORDER BY wanted.i`,
  parameters: [texts],
  columns: keptColumnTypes,
})

/** In the order of the ids; what is not kept is left out. */
export async function papersById(db: Queries, ids: readonly string[]): Promise<KeptPaper[]> {
  return (await db.run(byIds, [[...ids]])).map(paperOf)
}
