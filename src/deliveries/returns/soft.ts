/** Soft bounces: counted once a day, forgotten with a success, and after five a probe decides. */
import { count, int, interval, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import type { Tx } from '../../db/client.js'
import type { Change, Finding, Reader, VerdictServices } from './finding.js'
import { lastProbe, oweProbe } from './probe.js'

/** So many days with a soft bounce are too many. */
const most = 5
/** Within so many days; for readers of the weekly edition, within five of them. */
const withinDays = { usual: 14, weekly: 36 } as const

/** @returns what the verdict did, or that the address is to be given up. */
export async function answerSoft(
  tx: Tx,
  services: VerdictServices,
  reader: Reader,
  finding: Finding,
): Promise<Change | 'give up'> {
  const probe = await lastProbe(tx, reader.id)
  if (probe && finding.deliveryId === probe.id) return 'give up'
  const day = new Date(finding.at.toISOString().slice(0, 10))
  if (await isCounted(tx, reader.id, day)) return { effect: 'none' }
  const before = await countSoft(tx, reader, finding.at)
  const counted = { effect: 'counted', counted_on: day } as const
  if (before + 1 < most || reader.status !== 'active') return counted
  if (!probe || probe.over) {
    return { effect: 'probed', counted_on: day, probe_id: await oweProbe(tx, services, reader) }
  }
  return probe.refused ? 'give up' : counted
}

async function isCounted(tx: Tx, subscriberId: number, day: Date): Promise<boolean> {
  const row = await tx.tables
    .selectFrom('verdict')
    .select('id')
    .where('subscriber_id', '=', subscriberId)
    .where('counted_on', '=', day)
    .where('undone_at', 'is', null)
    .executeTakeFirst()
  return row !== undefined
}

async function countSoft(tx: Tx, { id, frequency }: Reader, at: Date): Promise<number> {
  const days = frequency === 'weekly' ? withinDays.weekly : withinDays.usual
  const [row] = await tx.run(softSinceSuccess, [id, at, `${days} days`])
  return row?.counted ?? 0
}

/**
 * A success is a mail that was accepted and of which nothing came back for three days, or for as long as this
 * reader's reports take and a day more: behind a smarthost that tries for five days, every mail is accepted first.
 */
const softSinceSuccess = statement({
  text: `WITH soft AS (
       SELECT v.at, v.edition_id, v.delivery_id FROM verdict v
       WHERE v.subscriber_id = $1 AND v.counted_on IS NOT NULL AND v.undone_at IS NULL AND v.at > $2::timestamptz - $3::interval
     ), mail AS (
       SELECT d.id, d.edition_id, d.settled_at FROM mails_of($1) d
       WHERE d.status = 'accepted' AND d.settled_at > $2::timestamptz - $3::interval - interval '14 days'
     ), wait AS (
       SELECT greatest(interval '3 days', max(s.at - m.settled_at) + interval '1 day') AS time
       FROM soft s JOIN mail m ON m.id = s.delivery_id OR m.edition_id = s.edition_id
     ), success AS (
       SELECT max(m.settled_at) AS at FROM mail m, wait
       WHERE m.settled_at <= $2::timestamptz - wait.time AND NOT EXISTS (
         SELECT FROM verdict v WHERE v.subscriber_id = $1 AND v.undone_at IS NULL
           AND (v.delivery_id = m.id OR v.edition_id = m.edition_id))
     ), pressed AS (
       SELECT max(c.at) AS at FROM consent c WHERE c.subscriber_id = $1 AND c.action = 'confirm'
     )
     SELECT count(*) AS counted FROM soft s, success, pressed
     WHERE s.at > greatest(success.at, pressed.at) OR greatest(success.at, pressed.at) IS NULL`,
  parameters: [int, timestamptz, interval],
  columns: { counted: count },
})
