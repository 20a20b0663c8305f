/** Fans out the editions whose time has come; an old one that was built for the archive is left to a human. */
import { fanOut } from '../deliveries/editions/fan-out.js'
import { chooseOrLog, choosingPatienceMs } from '../deliveries/editions/choose-or-log.js'
import { findHold } from '../db/continuity/hold.js'
import type { JobServices } from './job.js'

const dayMs = 86_400_000

export async function fanOutDue(services: JobServices): Promise<void> {
  const { db, clock, log } = services
  if (await findHold(db, db.witness)) return
  // After a day of downtime yesterday's edition is not mailed as if it were today's.
  const now = clock.now()
  const stamp = await db.tables.selectFrom('stamp').select('sends_from').executeTakeFirst()
  const editions = await db.tables
    .selectFrom('edition')
    .select(['id', 'send_at'])
    .where('status', '=', 'frozen')
    .where('fanned_out_at', 'is', null)
    .where('send_at', '<=', now)
    .where('send_at', '>', new Date(now.getTime() - dayMs))
    .$if(stamp?.sends_from != null, (due) => due.where('send_at', '>=', stamp?.sends_from ?? now))
    .orderBy('send_at')
    .orderBy('id')
    .execute()
  for (const { id, send_at: sendAt } of editions) {
    const chosen = await chooseOrLog(services, id)
    // Without their own editions, readers would get what they mute or had.
    if (!chosen && sendAt && now.getTime() < sendAt.getTime() + choosingPatienceMs) continue
    const rows = await fanOut(services, id)
    if (rows !== null) log.info({ edition: id, deliveries: rows }, 'an edition goes out')
  }
}
