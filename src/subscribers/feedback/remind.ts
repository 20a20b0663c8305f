/** On Fridays, owes a mail to whoever wants to be reminded of what they saved. */
import type { Clock, Day } from '../../clock.js'
import { localTime } from '../../clock/zoned.js'
import type { Config } from '../../config/config.js'
import type { Db } from '../../db/client.js'
import { count, day, int, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'

const friday = 5
const together = 1000
/** Titles in the mail. */
const named = 7

const remind = statement({
  text: `WITH due AS (
      SELECT r.subscriber_id, s.domain FROM reading_list r JOIN subscriber s ON s.id = r.subscriber_id
      WHERE r.reminder AND (r.reminded_on IS NULL OR r.reminded_on < $1::date) AND s.status = 'active'
        AND (s.paused_until IS NULL OR s.paused_until <= $1::date)
      ORDER BY r.subscriber_id LIMIT $3::int FOR UPDATE OF r SKIP LOCKED
    ), marked AS (
      UPDATE reading_list r SET reminded_on = $1::date FROM due WHERE r.subscriber_id = due.subscriber_id
      RETURNING r.subscriber_id
    ), owed AS (
      INSERT INTO delivery (kind, subscriber_id, domain, payload, due_at, lane, status)
      SELECT 'notice', due.subscriber_id, due.domain,
        jsonb_build_object('about', 'saved', 'count', saved.count, 'titles', saved.titles), $2, 0, 'due'
      FROM due JOIN marked USING (subscriber_id), LATERAL (
        SELECT count(*) AS count, to_jsonb((array_agg(p.title ORDER BY f.saved_at DESC))[1:$4::int]) AS titles
        FROM feedback f JOIN paper p ON p.id = f.paper_id
        WHERE f.subscriber_id = due.subscriber_id AND f.saved_at IS NOT NULL
      ) saved WHERE saved.count > 0
    )
    SELECT count(*) AS marked FROM marked`,
  parameters: [day, timestamptz, int, int],
  columns: { marked: count },
})

/** Once a Friday for each reader, from SEND_AT on; asks the database, so that nothing need be remembered. */
export async function remindOfSaved({
  db,
  clock,
  config,
}: {
  db: Db
  clock: Clock
  config: Pick<Config, 'timezone' | 'sendAt'>
}): Promise<void> {
  const now = clock.now()
  const today = fridayAt(now, config)
  if (!today) return
  for (;;) {
    const [row] = await db.transaction('job', (tx) => tx.run(remind, [today, now, together, named]))
    if ((row?.marked ?? 0) < together) return
  }
}

/** The day, where it is a Friday and SEND_AT has come; null otherwise. */
function fridayAt(now: Date, { timezone, sendAt }: Pick<Config, 'timezone' | 'sendAt'>): Day | null {
  const local = localTime(now, timezone)
  const late = local.hour * 60 + local.minute >= sendAt.hour * 60 + sendAt.minute
  return local.weekday === friday && late ? local.day : null
}
