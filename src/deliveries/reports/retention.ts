/** Forgets the details of old mails: tries, who took what at which second, what was measured. What became of a mail stays. */
import type { Db } from '../../db/client.js'

const atOnce = 20_000

/**
 * Deletes tries and records of settles from before `until`, some thousand rows a transaction, the oldest first. Ids
 * of the ledger grow with time, so that it needs no index by time. Sums are kept elsewhere, and so stay.
 * @returns how many rows went.
 */
export async function forgetDetails({ tables }: Pick<Db, 'tables'>, until: Date): Promise<number> {
  const steps = [
    () =>
      tables
        .with('oldest', (from) => from.selectFrom('attempt').select(['id', 'at']).orderBy('id').limit(atOnce))
        .deleteFrom('attempt')
        .using('oldest')
        .whereRef('attempt.id', '=', 'oldest.id')
        .where('oldest.at', '<', until)
        .executeTakeFirst(),
    () =>
      tables
        .with('oldest', (from) =>
          from
            .selectFrom('batch_settle')
            .select(['batch_id', 'n', 'at'])
            .orderBy('batch_id')
            .orderBy('n')
            .limit(atOnce),
        )
        .deleteFrom('batch_settle')
        .using('oldest')
        .whereRef('batch_settle.batch_id', '=', 'oldest.batch_id')
        .whereRef('batch_settle.n', '=', 'oldest.n')
        .whereRef('batch_settle.at', '=', 'oldest.at')
        .where('oldest.at', '<', until)
        .executeTakeFirst(),
    () =>
      tables
        .with('oldest', (from) =>
          from
            .selectFrom('measured_hit')
            .select(['edition_id', 'subscriber_id', 'link'])
            .where('at', '<', until)
            .orderBy('at')
            .limit(atOnce),
        )
        .deleteFrom('measured_hit')
        .using('oldest')
        .whereRef('measured_hit.edition_id', '=', 'oldest.edition_id')
        .whereRef('measured_hit.subscriber_id', '=', 'oldest.subscriber_id')
        .whereRef('measured_hit.link', '=', 'oldest.link')
        .executeTakeFirst(),
  ]
  let forgotten = 0
  for (const step of steps) {
    let gone = 0
    do {
      gone = Number((await step()).numDeletedRows)
      forgotten += gone
    } while (gone === atOnce)
  }
  return forgotten
}
