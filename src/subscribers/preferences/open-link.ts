/** What a link or session that opens the preferences, or what else is a reader's own, is worth now: its signature, its age and its reader's epoch. */
import type { Clock } from '../../clock.js'
import type { Secrets } from '../../config/secrets.js'
import type { Db } from '../../db/client.js'
import { type Link, type LinkedReader, verify } from '../links.js'

export type OpenedLink =
  | { state: 'valid'; reader: LinkedReader }
  | Exclude<Link, { state: 'valid' }>
  /** The reader has moved or signed everything out since, or is gone. */
  | { state: 'ended' }

export async function openLink(
  services: { db: Pick<Db, 'tables'>; clock: Clock; secrets: Secrets },
  purpose: 'preferences' | 'session' | 'mine',
  token: string,
): Promise<OpenedLink> {
  const link = verify(services.secrets, purpose, token, services.clock.now())
  if (link.state === 'unknown') return link
  const epoch = await readEpoch(services.db, link.subscriberId)
  if (epoch !== (link.epoch ?? 0)) return { state: 'ended' }
  return link.state === 'valid' ? { state: 'valid', reader: { id: link.subscriberId, epoch } } : link
}

/** What a reader's links are signed with; null when there is no such subscriber. */
export async function readEpoch(db: Pick<Db, 'tables'>, subscriberId: number): Promise<number | null> {
  const row = await db.tables
    .selectFrom('subscriber')
    .select('epoch')
    .where('id', '=', subscriberId)
    .executeTakeFirst()
  return row?.epoch ?? null
}
