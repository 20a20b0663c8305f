/** The pool of a period as it is kept: its papers and their compiled cards, written once. */
import { Type } from 'typebox'
import type { Queries } from '../../../db/client.js'
import { int, json, nullable, smallint, timestamptz } from '../../../db/queries/sql-types.js'
import { statement } from '../../../db/queries/statement.js'
import { compiledMail, type CompiledMail } from '../../../mail/message/compiled.js'
import type { PoolEntry } from './pool.js'

export type KeptPool = {
  /** Papers in a personal edition, at most. */
  size: number
  papers: PoolEntry[]
  chosenAt: Date | null
}

const read = statement({
  text: 'SELECT size, papers, chosen_at AS "chosenAt" FROM edition_pool WHERE edition_id = $1',
  parameters: [int],
  columns: { size: smallint, papers: json(Type.Array(Type.Unknown())), chosenAt: nullable(timestamptz) },
})

/** Null where no personal edition was prepared. */
export async function readPool(db: Queries, editionId: number): Promise<KeptPool | null> {
  const [row] = await db.run(read, [editionId])
  return row ? { ...row, papers: row.papers as PoolEntry[] } : null
}

const readMail = statement({
  text: 'SELECT compiled FROM edition_pool WHERE edition_id = $1',
  parameters: [int],
  columns: { compiled: json(compiledMail) },
})

/** The fragments of which personal editions are put together, see {@link cardIndex}. */
export async function readPoolMail(db: Queries, editionId: number): Promise<CompiledMail | null> {
  const [row] = await db.run(readMail, [editionId])
  return row?.compiled ?? null
}

const write = statement({
  text: `INSERT INTO edition_pool (edition_id, size, papers, compiled, created_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (edition_id) DO NOTHING`,
  parameters: [int, smallint, json(Type.Unknown()), json(Type.Unknown()), timestamptz],
  columns: {},
})

/** The first one stays. */
export async function writePool(
  db: Queries,
  editionId: number,
  pool: { size: number; papers: PoolEntry[]; compiled: CompiledMail },
  at: Date,
): Promise<void> {
  await db.run(write, [editionId, pool.size, pool.papers, pool.compiled, at])
}

const end = statement({
  text: 'UPDATE edition_pool SET chosen_at = $2 WHERE edition_id = $1 AND chosen_at IS NULL',
  parameters: [int, timestamptz],
  columns: {},
})

/** All have been chosen for. */
export const endChoosing = (db: Queries, editionId: number, at: Date) => db.run(end, [editionId, at])

const forget = statement({
  text: `WITH old AS (DELETE FROM edition_pool WHERE created_at < $1 RETURNING edition_id)
    UPDATE batch b SET orders = NULL FROM old WHERE b.edition_id = old.edition_id AND b.orders IS NOT NULL`,
  parameters: [timestamptz],
  columns: {},
})

/** Pools made before, and all that was chosen from them. */
export const forgetPools = (db: Queries, before: Date) => db.run(forget, [before])
