/** Whether the database is one to work with: reached, writable, with room, and through no pooler that cuts transactions up. */
import { Problem } from '../../errors.js'
import type { Db } from '../client.js'
import { boolean, int, nullable, text } from '../queries/sql-types.js'
import { statement } from '../queries/statement.js'
import { explained } from './explain.js'

const stateNow = statement({
  text: `SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only') = 'on' AS "readOnly",
    current_schema()::text AS schema`,
  parameters: [],
  columns: { standby: boolean, readOnly: boolean, schema: nullable(text) },
})

// It takes pages from the disk of the database, and is gone with its transaction.
const takeRoom = statement({
  text: 'CREATE TEMP TABLE room_there_is ON COMMIT DROP AS SELECT g FROM generate_series(1, 5000) AS g',
  parameters: [],
  columns: {},
})

const answer = statement({ text: 'SELECT 1 AS one', parameters: [], columns: { one: int } })

/** SQLSTATE of what a role may not do; without temporary tables nothing is known of the room. */
const notAllowed = '42501'

/**
 * For whoever only reads.
 * @throws Problem `unavailable` that says what is wrong with the database, without its password.
 */
export async function requireReachable(db: Db): Promise<void> {
  try {
    await db.run(answer, [])
  } catch (error) {
    throw explained(error)
  }
}

/**
 * For whoever works on it.
 * @param room whether to try if there is any on its disk, which writes a little
 * @throws Problem `unavailable` that says what is wrong and what to do, without the password.
 */
export async function requireFit(db: Db, room = true): Promise<void> {
  const state = await readState(db)
  if (state?.standby)
    throw unfit('is a standby, which takes no changes', 'Let DATABASE_URL lead to the primary.')
  if (state?.readOnly) {
    const mend = 'See default_transaction_read_only of the server, the database and the role.'
    throw unfit('takes no changes: it is set to read only', mend)
  }
  if (state?.schema === null) {
    throw unfit(
      'has no schema of its search path',
      'Make it, or set the search_path of the role to one there is.',
    )
  }
  if (room) await requireRoom(db)
}

async function readState(db: Db) {
  try {
    const [state] = await db.run(stateNow, [])
    return state
  } catch (error) {
    throw explained(error)
  }
}

/** Also tells a pooler that gives each statement another connection. */
async function requireRoom(db: Db): Promise<void> {
  try {
    await db.transaction('request', (tx) => tx.run(takeRoom, []))
  } catch (error) {
    if ((error as { code?: unknown }).code === notAllowed) return
    throw explained(error)
  }
}

const unfit = (what: string, mend: string): Problem =>
  new Problem('unavailable', `The database ${what}. ${mend}`)
