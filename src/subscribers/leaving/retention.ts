/** What is forgotten when it has served its purpose; each verb says how many rows went. */
import { type Clock, daysBefore } from '../../clock.js'
import type { Queries } from '../../db/client.js'

type RetentionServices = { db: Queries; clock: Clock }

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
export async function forgetSignups({ db, clock }: RetentionServices): Promise<number> {
  const now = clock.now()
  const { tables } = db
  const past = [
    tables.deleteFrom('token').where('expires_at', '<', daysBefore(now, keptDays.token)),
    tables.deleteFrom('signup_count').where('window_end', '<', daysBefore(now, 1)),
    tables.deleteFrom('signup_guard').where('mailed_at', '<', daysBefore(now, keptDays.guard)),
  ]
  let rows = 0
  for (const deletion of past) rows += Number((await deletion.executeTakeFirst()).numDeletedRows)
  return rows
}

/** Deletes subscribers who never confirmed and whose last link is dead. */
export async function forgetPending({ db, clock }: RetentionServices): Promise<number> {
  const now = clock.now()
  const { numDeletedRows } = await db.tables
    .deleteFrom('subscriber')
    .where('status', '=', 'pending')
    .where('updated_at', '<', daysBefore(now, keptDays.pending))
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('token')
            .select('hash')
            .whereRef('token.subscriber_id', '=', 'subscriber.id')
            .where('token.expires_at', '>', now),
        ),
      ),
    )
    .executeTakeFirst()
  return Number(numDeletedRows)
}

/** Deletes evidence about those who left that long ago; that of readers stays as long as they read. */
export async function forgetConsents({ db, clock }: RetentionServices): Promise<number> {
  const before = daysBefore(clock.now(), keptDays.consent)
  const { numDeletedRows } = await db.tables
    .deleteFrom('consent')
    .using('subscriber as s')
    .whereRef('s.id', '=', 'consent.subscriber_id')
    .where('s.status', 'in', ['unsubscribed', 'bounced', 'complained'])
    .where(({ fn }) => fn.coalesce('s.unsubscribed_at', 's.updated_at'), '<', before)
    .where('consent.at', '<', before)
    .executeTakeFirst()
  return Number(numDeletedRows)
}
