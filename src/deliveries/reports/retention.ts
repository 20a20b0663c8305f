/** Forgets the details of old mails: tries, and who took what at which second. What became of a mail stays. */
import type { Db } from '../../db/client.js'

const atOnce = 20_000

/**
 * Deletes tries and records of settles from before `until`, some thousand rows a transaction, the oldest first. Ids
 * grow with time, so that no index by time is needed. Sums are kept elsewhere, and so stay.
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
