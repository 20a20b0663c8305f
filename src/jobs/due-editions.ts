/** Fans out the editions whose time has come; an old one that was built for the archive is left to a human. */
import { oweEdition } from '../deliveries/editions/owe-edition.js'
import { findHold } from '../db/continuity/hold.js'
import { latestMissed } from '../editions/choosing/send-at.js'
import type { JobServices } from './job.js'

export async function fanOutDue(services: JobServices): Promise<void> {
  const { db, clock, log } = services
  if (await findHold(db, db.witness)) return
  const now = clock.now()
  const stamp = await db.tables.selectFrom('stamp').select('sends_from').executeTakeFirst()
  const editions = await db.tables
    .selectFrom('edition')
    .select('id')
    .where('status', '=', 'frozen')
    .where('fanned_out_at', 'is', null)
    .where('send_at', '<=', now)
    .where('send_at', '>', latestMissed(now))
    .$if(stamp?.sends_from != null, (due) => due.where('send_at', '>=', stamp?.sends_from ?? now))
    .orderBy('send_at')
    .orderBy('id')
    .execute()
  for (const { id } of editions) {
    const rows = await oweEdition(services, id)
    if (rows !== null) log.info({ edition: id, deliveries: rows }, 'an edition goes out')
  }
}
