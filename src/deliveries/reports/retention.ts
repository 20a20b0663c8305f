/** Forgets the details of old mails: tries, who took what at which second, what was measured. What became of a mail stays. */
import type { Queries } from '../../db/client.js'
import { int, timestamptz } from '../../db/queries/sql-types.js'
import { variants } from '../../db/queries/statement.js'

const atOnce = 20_000

/** What tells a row of each table, and an order that grows with time and has an index. */
const tables = {
  attempt: { key: ['id'], order: 'id' },
  batch_settle: { key: ['batch_id', 'n', 'at'], order: 'batch_id, n' },
  measured_hit: { key: ['edition_id', 'subscriber_id', 'link'], order: 'at' },
} as const

type Table = keyof typeof tables
const names = Object.keys(tables) as Table[]

const columnsOf = (table: Table, of: string) => tables[table].key.map((name) => `${of}.${name}`).join(', ')

const forgetOldest = variants(names, {
  text: (table) => `WITH oldest AS (
      SELECT ${columnsOf(table, 'o')}, o.at AS old_at FROM ${table} o ORDER BY ${tables[table].order} LIMIT ${atOnce}
    ), gone AS (
      DELETE FROM ${table} d USING oldest
      WHERE (${columnsOf(table, 'd')}) = (${columnsOf(table, 'oldest')}) AND oldest.old_at < $1 RETURNING 1
    )
    SELECT count(*)::int AS gone FROM gone`,
  parameters: [timestamptz],
  columns: { gone: int },
})

/**
 * Deletes tries and records of settles from before `until`, some thousand rows a transaction, the oldest first.
 * Sums are kept elsewhere, and so stay.
 * @returns how many rows went.
 */
export async function forgetDetails(db: Pick<Queries, 'run'>, until: Date): Promise<number> {
  let forgotten = 0
  for (const table of names) {
    let gone = 0
    do {
      gone = (await db.run(forgetOldest(table), [until]))[0]?.gone ?? 0
      forgotten += gone
    } while (gone === atOnce)
  }
  return forgotten
}
