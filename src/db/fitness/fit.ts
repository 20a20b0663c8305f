/** Whether the database is one to work with: reached, writable, with room, and through no pooler that cuts transactions up. */
import { messageOf, Problem } from '../../errors.js'
import type { Db } from '../client.js'
import { boolean, nullable, text } from '../sql-types.js'
import { statement } from '../statement.js'
import { awayBy, awayWords } from './away.js'

const stateNow = statement({
  text: `SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only') = 'on' AS "readOnly",
    current_schema()::text AS schema`,
  parameters: [],
  columns: { standby: boolean, readOnly: boolean, schema: nullable(text) },
})

// It takes pages from the disk of the database, and is gone with its transaction.
const takeRoom =
  'CREATE TEMP TABLE room_there_is ON COMMIT DROP AS SELECT g FROM generate_series(1, 5000) AS g'

/** SQLSTATE of what a role may not do; without temporary tables nothing is known of the room. */
const notAllowed = '42501'

/**
 * For whoever only reads.
 * @throws Problem `unavailable` that says what is wrong with the database, without its password.
 */
export async function requireReachable(db: Db): Promise<void> {
  try {
    await db.sql('SELECT 1')
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
    await db.transaction('request', async (tx) => void (await tx.sql(takeRoom)))
  } catch (error) {
    if ((error as { code?: unknown }).code === notAllowed) return
    throw explained(error)
  }
}

const unfit = (what: string, mend: string, cause?: unknown): Problem =>
  new Problem('unavailable', `The database ${what}. ${mend}`, { cause })

const hints: [RegExp, string][] = [
  [
    /statement pooling/i,
    'The pooler before it cuts transactions up: set pool_mode to transaction or session.',
  ],
  [
    /unsupported startup parameter/i,
    'The pooler before it refuses a parameter of DATABASE_URL: leave it out.',
  ],
  [
    /self.signed|unable to verify|unable to get (?:local )?issuer/i,
    'Name its authority: DATABASE_URL with sslrootcert=FILE; sslmode=no-verify trusts anybody.',
  ],
  [
    /does not match certificate|altnames/i,
    'Its certificate is for another host: use the name that it is for.',
  ],
  [/does not support SSL/i, 'It has no TLS: write sslmode=disable, or give it a certificate.'],
  [/no pg_hba\.conf entry/i, 'pg_hba.conf of the server does not let us in.'],
  [/authentication failed|password must be/i, 'Check user and password in DATABASE_URL.'],
  [/database .* does not exist/i, 'Make it with createdb, or name another one in DATABASE_URL.'],
]

function explained(error: unknown): Problem {
  const said = messageOf(error)
  const hint = hints.find(([pattern]) => pattern.test(said))?.[1]
  const away = awayBy(error)
  if (away === 'full' || away === 'read-only') {
    return new Problem('unavailable', `${awayWords[away]} ${said}`, { cause: error })
  }
  const detail = `The database cannot be reached: ${said}. ${hint ?? 'Check DATABASE_URL.'}`
  return new Problem('unavailable', detail, { cause: error })
}
