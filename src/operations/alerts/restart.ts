/** The database's server was started anew while this process went on: what was lost in between came again, and is told. */
import type { Tx } from '../../db/client.js'
import { int, text, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'

/** When the server began that each pool last spoke to. */
const begun = new WeakMap<object, Date>()

const serverBegan = statement({
  text: 'SELECT pg_postmaster_start_time() AS at',
  parameters: [],
  columns: { at: timestamptz },
})

const toldOf = statement({
  text: 'SELECT id FROM alert WHERE cause = $1',
  parameters: [text],
  columns: { id: int },
})

/** A restart since this process first looked, until an alert tells it: the next watch clears it. */
export async function restartedDatabase(
  tx: Tx,
  { db }: { db: object },
): Promise<{ cause: string; text: string }[]> {
  const [server] = await tx.run(serverBegan, [])
  if (!server) return []
  const before = begun.get(db)
  const cause = `database-restarted:${server.at.toISOString()}`
  if (before?.getTime() === server.at.getTime()) return []
  if (!before || (await tx.run(toldOf, [cause])).length > 0) {
    begun.set(db, server.at)
    return []
  }
  const text = `The database was restarted, or another server took its place: it has been running since ${server.at.toISOString()}. Mail on its way at that moment is tried again. If you did this, nothing needs to be done; otherwise see the database's log.`
  return [{ cause, text }]
}
