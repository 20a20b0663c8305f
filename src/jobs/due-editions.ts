/** Fans out the editions whose time has come; an old one that was built for the archive is left to a human. */
import { fanOut } from '../deliveries/queue/fan-out.js'
import { findHold } from '../db/continuity/hold.js'
import type { JobServices } from './job.js'

export async function fanOutDue(services: JobServices): Promise<void> {
  const { db, clock, log } = services
  if (await findHold(db, db.witness)) return
  // After a day of downtime yesterday's edition is not mailed as if it were today's.
  const editions = await db.sql<{ id: number }>(
    `SELECT id FROM edition WHERE status = 'frozen' AND fanned_out_at IS NULL
       AND send_at <= $1 AND send_at > $1::timestamptz - interval '1 day'
       AND send_at >= coalesce((SELECT sends_from FROM stamp), '-infinity') ORDER BY send_at, id`,
    [clock.now()],
  )
  for (const { id } of editions) {
    const rows = await fanOut(services, id)
    if (rows !== null) log.info({ edition: id, deliveries: rows }, 'an edition goes out')
  }
}
