/** Webhooks that take no events any more. */
import type { Clock } from '../../clock.js'
import type { Tx } from '../../db/client.js'

type Found = { cause: string; text: string }

const hours = 24

/** By host, since what follows may be a secret. */
export async function webhooksNotTaking(tx: Tx, { clock }: { clock: Clock }): Promise<Found[]> {
  const since = new Date(clock.now().getTime() - hours * 3_600_000)
  const rows = await tx.tables
    .selectFrom('event_send')
    .select((count) => ['url', count.fn.countAll().as('events')])
    .where('status', '=', 'given_up')
    .where('settled_at', '>', since)
    .groupBy('url')
    .orderBy('url')
    .execute()
  return rows.map(({ url, events }) => {
    const { host } = new URL(url)
    return {
      cause: `webhook-failing:${host}`,
      text: `The webhook at ${host} took none of ${events} events in ${hours} hours, however often they were tried. Mend it, then tell them again: daily-papers events replay --since ${since.toISOString()}`,
    }
  })
}
