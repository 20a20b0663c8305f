/** The ways to a reading list: a private feed that can be ended, and a reminder on Fridays. */
import type { Secrets } from '../../config/secrets.js'
import type { Queries, Tx } from '../../db/client.js'
import { hashToken, mintToken, openToken, type SealedToken } from '../tokens.js'

export type ReadingList = {
  reminder: boolean
  /** The secret in the feed's address; null while there is no feed. */
  feedToken: string | null
}

export async function readList(db: Queries, secrets: Secrets, subscriberId: number): Promise<ReadingList> {
  const row = await db.models.readingList.findUnique({ where: { subscriberId } })
  const sealed = row?.feedToken as SealedToken | null | undefined
  return {
    reminder: row?.reminder ?? false,
    feedToken: (row?.feedHash && sealed && openToken(secrets, sealed)) ?? null,
  }
}

/** Makes a feed's address, in place of one that there may be, which opens nothing any more. */
export async function openFeed(tx: Tx, secrets: Secrets, subscriberId: number): Promise<void> {
  const { sealed, hash } = mintToken(secrets)
  const feed = { feedHash: new Uint8Array(hash), feedToken: sealed }
  await tx.models.readingList.upsert({
    where: { subscriberId },
    create: { subscriberId, ...feed },
    update: feed,
  })
}

/** Ends the feed's address. */
export async function endFeed(tx: Tx, subscriberId: number): Promise<void> {
  await tx.tables
    .updateTable('reading_list')
    .set({ feed_hash: null, feed_token: null })
    .where('subscriber_id', '=', subscriberId)
    .execute()
}

/** Whose feed has that secret; null for none. */
export async function feedOwner(db: Queries, token: string): Promise<number | null> {
  const row = await db.tables
    .selectFrom('reading_list')
    .select('subscriber_id')
    .where('feed_hash', '=', hashToken(token))
    .executeTakeFirst()
  return row?.subscriber_id ?? null
}

export async function setReminder(tx: Tx, subscriberId: number, reminder: boolean): Promise<void> {
  await tx.models.readingList.upsert({
    where: { subscriberId },
    create: { subscriberId, reminder },
    update: { reminder },
  })
}
