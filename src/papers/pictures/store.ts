/** Pictures as they are kept, and which are still to be fetched. */
import { createHash } from 'node:crypto'
import { Type } from 'typebox'
import type { Queries, Tx } from '../../db/client.js'
import { bytes, int, json, text, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import type { Drawn } from './painter.js'
import type { PaperPicture, PictureForm } from './picture.js'

export type Offer = { paperId: string; urls: string[]; tries: number }

/** The newest papers first. */
export function dueOffers(db: Queries, now: Date, limit: number): Promise<Offer[]> {
  return db.tables
    .selectFrom('picture_offer')
    .innerJoin('paper', 'paper.id', 'picture_offer.paper_id')
    .select(['paper_id as paperId', 'urls', 'tries'])
    .where('due_at', '<=', now)
    .orderBy('paper.published_at', (order) => order.desc().nullsLast())
    .orderBy('paper_id')
    .limit(limit)
    .execute()
}

const insertPicture = statement({
  text: `INSERT INTO picture (hash, paper_id, width, height, bytes, made_at) VALUES ($1, $2, $3::int, $4::int, $5, $6)
    ON CONFLICT (hash, paper_id) DO NOTHING`,
  parameters: [text, text, int, int, bytes, timestamptz],
  columns: {},
})

const showPicture = statement({
  text: 'UPDATE paper SET picture = $2 WHERE id = $1',
  parameters: [text, json(Type.Unknown())],
  columns: {},
})

/** Keeps both forms and shows them with the paper; the ones before stay for what names them. */
export async function keepPicture(
  tx: Tx,
  paperId: string,
  kind: PaperPicture['kind'],
  [large, small]: readonly Drawn[],
  now: Date,
): Promise<void> {
  if (!large || !small) throw new Error('a picture has two forms')
  const keep = async ({ bytes: made, width, height }: Drawn): Promise<PictureForm> => {
    const kept = Buffer.from(made)
    const hash = createHash('sha256').update(kept).digest('hex').slice(0, 32)
    await tx.run(insertPicture, [hash, paperId, width, height, kept, now])
    return { hash, width, height }
  }
  const picture: PaperPicture = { kind, large: await keep(large), small: await keep(small) }
  await tx.run(showPicture, [paperId, picture])
  await settleOffer(tx, paperId, { dueAt: null, fault: null })
}

/** @param ended - `dueAt` null: here, or given up. */
export async function settleOffer(
  db: Queries,
  paperId: string,
  { dueAt, fault }: { dueAt: Date | null; fault: string | null },
): Promise<void> {
  await db.tables
    .updateTable('picture_offer')
    .set(({ eb }) => ({ due_at: dueAt, fault, tries: eb('tries', '+', 1) }))
    .where('paper_id', '=', paperId)
    .execute()
}

const byHash = statement({
  text: 'SELECT bytes FROM picture WHERE hash = $1 LIMIT 1',
  parameters: [text],
  columns: { bytes },
})

/** A JPEG; null where nothing has that name. */
export async function readPicture(db: Queries, hash: string): Promise<Buffer | null> {
  const [row] = await db.run(byHash, [hash])
  return row?.bytes ?? null
}
