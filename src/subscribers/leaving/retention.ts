/** What is forgotten when it has served its purpose; each verb says how many rows went. */
import type { Clock } from '../../clock.js'
import type { Db } from '../../db/client.js'

type RetentionServices = { db: Pick<Db, 'sql'>; clock: Clock }

/** Days that each thing is kept. */
const keptDays = {
  /** A spent or expired token, so that its page can still say what became of it. */
  token: 30,
  /** A sign-up that was never confirmed, with its evidence. */
  pending: 30,
  /** Evidence of somebody who left, as long as a claim about it may be made. */
  consent: 3 * 365,
  /** Mails without a click to one address. */
  guard: 30,
} as const

/** Deletes tokens long past, counters of closed windows, and guards of addresses that were left alone. */
export async function forgetSignups(services: RetentionServices): Promise<number> {
  const now = services.clock.now()
  const done = await Promise.all([
    services.db.sql('DELETE FROM token WHERE expires_at < $1 RETURNING 1', [daysBefore(now, keptDays.token)]),
    services.db.sql('DELETE FROM signup_count WHERE window_end < $1 RETURNING 1', [daysBefore(now, 1)]),
    services.db.sql('DELETE FROM signup_guard WHERE mailed_at < $1 RETURNING 1', [
      daysBefore(now, keptDays.guard),
    ]),
  ])
  return done.reduce((sum, rows) => sum + rows.length, 0)
}

/** Deletes subscribers who never confirmed and whose last link is dead. */
export async function forgetPending(services: RetentionServices): Promise<number> {
  const now = services.clock.now()
  const gone = await services.db.sql(
    `DELETE FROM subscriber s WHERE status = 'pending' AND updated_at < $1
       AND NOT EXISTS (SELECT 1 FROM token t WHERE t.subscriber_id = s.id AND t.expires_at > $2)
     RETURNING 1`,
    [daysBefore(now, keptDays.pending), now],
  )
  return gone.length
}

/** Deletes evidence about those who left that long ago; that of readers stays as long as they read. */
export async function forgetConsents(services: RetentionServices): Promise<number> {
  const before = daysBefore(services.clock.now(), keptDays.consent)
  const gone = await services.db.sql(
    `DELETE FROM consent c USING subscriber s
     WHERE s.id = c.subscriber_id AND s.status IN ('unsubscribed', 'bounced', 'complained')
       AND coalesce(s.unsubscribed_at, s.updated_at) < $1 AND c.at < $1
     RETURNING 1`,
    [before],
  )
  return gone.length
}

const daysBefore = (at: Date, days: number) => new Date(at.getTime() - days * 86_400_000)
