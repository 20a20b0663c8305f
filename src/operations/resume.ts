/** Says that the database was restored, and lets sending go on afterwards. */
import type { Tx } from '../db/client.js'
import { findHold } from '../db/continuity/hold.js'
import { type Hold, layStamp, readHold, renewStamp, writeHold } from '../db/continuity/stamp.js'
import { day, nullable, timestamptz } from '../db/queries/sql-types.js'
import { statement } from '../db/queries/statement.js'
import { type PassOver, passOver } from '../deliveries/editions/pass-over.js'
import { sendAtOf } from '../editions/choosing/send-at.js'
import { Problem } from '../errors.js'
import type { Services } from '../services.js'
import { type Author, writeAudit } from './audit.js'

type HoldServices = Pick<Services, 'db' | 'clock' | 'config'>

/** Holds all sending, as a database that notices its restore itself does. @returns the hold. */
export function holdAllSending({ db, clock }: HoldServices, author: Author): Promise<Hold> {
  return db.transaction('request', async (tx) => {
    await layStamp(tx)
    await writeHold(tx, 'An operator said that the database was restored.')
    const hold = await requireHold(tx)
    await writeAudit(tx, clock, author, { action: 'sending.held', target: 'sending', after: hold })
    return hold
  })
}

export type Resumed = { from: Date; passedOver: number }

/**
 * Goes on: what was due before is taken as gone out. Editions whose time was before go out by hand alone.
 * @param from - `now`, or the day of the first edition that goes out.
 * @throws Problem `conflict` when nothing is held.
 */
export async function resumeSending(
  { db, clock, config }: HoldServices,
  from: string,
  author: Author,
): Promise<Resumed> {
  // What has to be held and is not yet noticed is held first, so that it is resumed with the rest.
  await findHold(db, db.witness)
  return db.transaction('bulk', async (tx) => {
    await tx.run(lockStamp, [])
    const before = await requireHold(tx)
    const bound = await boundOf(tx, from, clock.now(), config)
    const passedOver = await passOver(tx, bound, clock.now())
    await renewStamp(tx, bound.at)
    const after = { from: bound.at, passedOver }
    await writeAudit(tx, clock, author, { action: 'sending.resumed', target: 'sending', before, after })
    return after
  })
}

const lockStamp = statement({ text: 'SELECT FROM stamp FOR UPDATE', parameters: [], columns: {} })

async function requireHold(tx: Tx): Promise<Hold> {
  const hold = await readHold(tx)
  if (!hold) throw new Problem('conflict', 'Sending is not held.')
  return hold
}

const firstTimeOf = statement({
  text: 'SELECT min(send_at) AS at FROM edition WHERE day = $1',
  parameters: [day],
  columns: { at: nullable(timestamptz) },
})

async function boundOf(
  tx: Tx,
  from: string,
  now: Date,
  config: Parameters<typeof sendAtOf>[1],
): Promise<PassOver> {
  if (from === 'now') return { at: now, firstDay: null }
  const [edition] = await tx.run(firstTimeOf, [from])
  return { at: edition?.at ?? sendAtOf(from, config), firstDay: from }
}
