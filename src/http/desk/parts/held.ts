/** That all sending is held after a restore, and what would go out. */
import type { Db } from '../../../db/client.js'
import { findHold } from '../../../db/continuity/hold.js'
import type { Hold } from '../../../db/continuity/stamp.js'
import { inWords, whatWouldGoOut } from '../../../deliveries/editions/pass-over.js'

/** @returns null while nothing holds it; `mails` in words, a line each. */
export async function readHeld(db: Db, now: Date): Promise<(Hold & { mails: string[] }) | null> {
  const hold = await findHold(db, db.witness)
  return hold && { ...hold, mails: inWords(await whatWouldGoOut(db, now)) }
}
