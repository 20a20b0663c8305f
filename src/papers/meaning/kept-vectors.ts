/** Vectors of papers as they are kept: a byte a number. */
import type { Queries } from '../../db/client.js'
import { bytes, bytesList, int, text, texts } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import type { Meanings } from './meanings.js'

const due = statement({
  text: `SELECT p.id, p.title, p.abstract FROM paper p
    WHERE NOT EXISTS (SELECT FROM paper_vector v WHERE v.paper_id = p.id AND v.model = $1)
    ORDER BY p.published_at DESC NULLS LAST, p.id LIMIT $2::int`,
  parameters: [text, int],
  columns: { id: text, title: text, abstract: text },
})

/** Papers without a vector of that model, the newest first. */
export const papersWithout = (db: Queries, model: string, limit: number) => db.run(due, [model, limit])

const write = statement({
  text: `INSERT INTO paper_vector (paper_id, model, vector)
    SELECT w.id, $1, w.vector FROM unnest($2::text[], $3::bytea[]) AS w(id, vector) JOIN paper p ON p.id = w.id
    ON CONFLICT (paper_id) DO UPDATE SET model = excluded.model, vector = excluded.vector, seq = nextval('paper_vector_seq_seq')`,
  parameters: [text, texts, bytesList],
  columns: {},
})

export async function writeVectors(
  db: Queries,
  model: string,
  ids: string[],
  vectors: readonly Int8Array[],
): Promise<void> {
  await db.run(write, [
    model,
    ids,
    vectors.map((one) => Buffer.from(one.buffer, one.byteOffset, one.byteLength)),
  ])
}

const since = statement({
  text: `SELECT paper_id AS id, vector, seq FROM paper_vector WHERE model = $1 AND seq > $2 ORDER BY seq LIMIT $3::int`,
  parameters: [text, int, int],
  columns: { id: text, vector: bytes, seq: int },
})

/** Written after that one, in order. */
export const vectorsSince = (db: Queries, model: string, seq: number, limit: number) =>
  db.run(since, [model, seq, limit])

const ofPapers = statement({
  text: `SELECT paper_id AS id, vector FROM paper_vector
    WHERE paper_id = ANY ($1) AND model = (SELECT model FROM paper_vector ORDER BY seq DESC LIMIT 1)`,
  parameters: [texts],
  columns: { id: text, vector: bytes },
})

/** Of the model that wrote last: what an earlier one wrote can't be compared with it. */
export async function meaningsOf(db: Queries, ids: readonly string[]): Promise<Meanings> {
  const rows = await db.run(ofPapers, [[...ids]])
  return new Map(rows.map(({ id, vector }) => [id, new Int8Array(vector)]))
}
