/** Leaving with one click, and coming back when it was a mistake. */
import type { Clock } from '../../clock.js'
import type { Tx } from '../../db/client.js'
import { count, int, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { maskAddresses } from '../../format/mask-addresses.js'
import { storable } from '../../format/text/storable.js'
import { type Evidence, recordConsent } from '../evidence.js'
import { lockSubscriber } from '../lock.js'

/** How long after leaving a click brings a reader back; later it takes a new sign-up. */
const regretHours = 24

/** So often in a day a leaving is taken back by a click: each is told to webhooks. */
const mostRegrets = 5

const longestReason = 500

const regretsOf = statement({
  text: `SELECT count(*) AS regrets FROM consent
    WHERE subscriber_id = $1 AND action = 'resubscribe' AND at > $2::timestamptz - interval '1 day'`,
  parameters: [int, timestamptz],
  columns: { regrets: count },
})

/**
 * Ends the subscription; of a second call nothing comes but, if given, its reason. Mail that is due to the
 * subscriber is left out when it is claimed.
 * @returns whether there is such a subscriber.
 */
export async function unsubscribe(
  tx: Tx,
  clock: Clock,
  subscriberId: number,
  evidence: Evidence,
  reason?: string,
): Promise<boolean> {
  const at = clock.now()
  // Cut first: half of a pair at the end could not be stored.
  const detail = reason ? { reason: maskAddresses(storable(reason.slice(0, longestReason))) } : null
  if (!(await lockSubscriber(tx, subscriberId))) return false
  const left = await tx.tables
    .updateTable('subscriber')
    .set({ status: 'unsubscribed', unsubscribed_at: at, updated_at: at })
    .where('id', '=', subscriberId)
    .where('status', 'in', ['pending', 'active'])
    .returning('id')
    .execute()
  if (left.length > 0 || detail) {
    const atWill = left.length === 0
    await recordConsent(tx, subscriberId, 'unsubscribe', evidence, { at, atWill, ...(detail && { detail }) })
  }
  return true
}

/**
 * Takes back a leaving of the last {@link regretHours} hours by somebody who had confirmed before.
 * A few times a day: whoever goes in and out all the time is out in the end.
 * @returns whether the subscriber gets mail (again).
 */
export async function resubscribe(
  tx: Tx,
  clock: Clock,
  subscriberId: number,
  evidence: Evidence,
): Promise<boolean> {
  const at = clock.now()
  await lockSubscriber(tx, subscriberId)
  const [before] = await tx.run(regretsOf, [subscriberId, at])
  const tooOften = (before?.regrets ?? 0) >= mostRegrets
  const back = tooOften ? [] : await takeBack(tx, subscriberId, at)
  if (back.length > 0) await recordConsent(tx, subscriberId, 'resubscribe', evidence, { at })
  const active = await tx.tables
    .selectFrom('subscriber')
    .select('id')
    .where('id', '=', subscriberId)
    .where('status', '=', 'active')
    .execute()
  return active.length > 0
}

const takeBack = (tx: Tx, subscriberId: number, at: Date) =>
  tx.tables
    .updateTable('subscriber as s')
    .set({ status: 'active', unsubscribed_at: null, updated_at: at })
    .where('id', '=', subscriberId)
    .where('status', '=', 'unsubscribed')
    .where('confirmed_at', 'is not', null)
    .where('unsubscribed_at', '>', new Date(at.getTime() - regretHours * 3_600_000))
    .where((eb) =>
      eb.not(
        eb.exists(
          eb.selectFrom('suppression as x').select('x.id').whereRef('x.email_key', '=', 's.email_key'),
        ),
      ),
    )
    .returning('id')
    .execute()
