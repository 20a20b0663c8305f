/** Whether readers can reach the service by the links in their mail, as a worker sees it through PUBLIC_URL. */
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import type { Config } from '../../config/config.js'
import type { Queries, Tx } from '../../db/client.js'
import { json, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import type { Services } from '../../services.js'
import { faultOfPublicUrl } from './public-url.js'

const reachSchema = Type.Object({
  url: Type.String(),
  /** RFC 3339; null where it has never answered: not every network lets us out and in again. */
  answeredAt: Type.Union([Type.String(), Type.Null()]),
  failures: Type.Integer(),
  fault: Type.Union([Type.String(), Type.Null()]),
})
type Reach = Static<typeof reachSchema>

const name = 'reach'

async function readReach(db: Queries, url: string): Promise<Reach> {
  const row = await db.tables
    .selectFrom('setting')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirst()
  const kept = row && Value.Check(reachSchema, row.value) ? row.value : null
  return kept?.url === url ? kept : { url, answeredAt: null, failures: 0, fault: null }
}

const keepReach = statement({
  text: `INSERT INTO setting (name, value, updated_at) VALUES ('reach', $1, $2)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
  parameters: [json(reachSchema), timestamptz],
  columns: {},
})

/** Asks once, and keeps what came of it. */
export async function noteReach({
  db,
  clock,
  config,
}: Pick<Services, 'db' | 'clock' | 'config'>): Promise<void> {
  const fault = await faultOfPublicUrl(config)
  const before = await readReach(db, config.publicUrl)
  const at = clock.now()
  const answered = { answeredAt: at.toISOString(), failures: 0, fault: null }
  const now = fault === null ? answered : { failures: before.failures + 1, fault }
  await db.run(keepReach, [{ ...before, ...now }, at])
}

const failuresInARow = 3

/** Links to leave lead nowhere then, which readers answer with complaints. */
export async function publicUrlGone(
  tx: Tx,
  { config }: { config: Pick<Config, 'publicUrl'> },
): Promise<{ cause: string; text: string }[]> {
  const { url, answeredAt, failures, fault } = await readReach(tx, config.publicUrl)
  if (answeredAt === null || failures < failuresInARow) return []
  const text = `${url} has not answered since ${answeredAt}: links in mail, also those to unsubscribe, lead nowhere. ${fault}. See the proxy and the API.`
  return [{ cause: 'public-url', text }]
}
