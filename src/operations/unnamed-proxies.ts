/** Proxies that stand before the service and that TRUSTED_PROXIES does not name. */
import type { Config } from '../config/config.js'
import type { Db } from '../db/client.js'
import type { Queries } from '../db/queries/queries.js'
import { text, timestamptz } from '../db/queries/sql-types.js'
import { statement } from '../db/queries/statement.js'
import { isWithin, parseNetwork } from '../network/addresses.js'

/** Stands for every address that is not of the own network: strangers can make up that they are proxies. */
export const publicPeer = 'public'

/** More are never kept. */
const most = 50
const freshMs = 2 * 3_600_000

/** What is no longer fresh makes room. */
const note = statement({
  text: `WITH stale AS (DELETE FROM unnamed_proxy WHERE noticed_at <= $3::timestamptz AND peer <> $1)
    INSERT INTO unnamed_proxy (peer, noticed_at)
    SELECT $1, $2::timestamptz
    WHERE (SELECT count(*) FROM unnamed_proxy WHERE peer <> $1 AND noticed_at > $3::timestamptz) < ${most}
    ON CONFLICT (peer) DO UPDATE SET noticed_at = excluded.noticed_at`,
  parameters: [text, timestamptz, timestamptz],
  columns: {},
})

/** @param peer its address on the own network, or {@link publicPeer}. */
export async function noteProxy(db: Db, peer: string, now: Date): Promise<void> {
  await db.run(note, [peer, now, new Date(now.getTime() - freshMs)])
}

/** @returns the peers noticed lately that the configuration still does not name. */
export async function unnamedProxies(
  tx: Pick<Queries, 'tables'>,
  { trustedProxies = [] }: Pick<Config, 'trustedProxies'>,
  now: Date,
): Promise<string[]> {
  const named = trustedProxies.map(parseNetwork).filter((network) => network !== null)
  const rows = await tx.tables
    .selectFrom('unnamed_proxy')
    .select('peer')
    .where('noticed_at', '>', new Date(now.getTime() - freshMs))
    .orderBy('peer')
    .execute()
  return rows.map(({ peer }) => peer).filter((peer) => !isWithin(peer, named))
}
