/** Soft bounces: counted once a day, forgotten with a success, and after five a probe decides. */
import { count, int, interval, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import type { Tx } from '../../db/client.js'
import { oweMail } from '../../mail/owe.js'
import type { MailPayload } from '../../subscribers/payload.js'
import { mintToken, tokenExpiry } from '../../subscribers/tokens.js'
import type { Change, Finding, Reader, VerdictServices } from './finding.js'

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

type Probe = { id: string; refused: boolean; over: boolean }

/** The last probe, unless its verdict was undone; `over` when its reader has confirmed since. */
async function lastProbe(tx: Tx, subscriberId: number): Promise<Probe | undefined> {
  const row = await tx.tables
    .selectFrom('verdict as v')
    .innerJoin('delivery as d', 'd.id', 'v.probe_id')
    .leftJoin('consent as c', (join) =>
      join
        .onRef('c.subscriber_id', '=', 'v.subscriber_id')
        .on('c.action', '=', 'confirm')
        .onRef('c.at', '>=', 'v.at'),
    )
    .where('v.subscriber_id', '=', subscriberId)
    .where('v.undone_at', 'is', null)
    .orderBy('v.id', 'desc')
    .limit(1)
    .select(['d.id', 'd.status', 'c.id as confirmed'])
    .executeTakeFirst()
  return (
    row && {
      id: row.id,
      refused: row.status === 'rejected' || row.status === 'expired',
      over: row.confirmed !== null,
    }
  )
}

/** An ordinary confirmation: who presses its button is alive, and so is an address that it does not come back from. */
async function oweProbe(tx: Tx, { clock, secrets }: VerdictServices, reader: Reader): Promise<string> {
  const at = clock.now()
  const { sealed, hash } = mintToken(secrets)
  await tx.tables
    .updateTable('token')
    .set({ replaced_at: at })
    .where('subscriber_id', '=', reader.id)
    .where('kind', '=', 'confirm')
    .where('used_at', 'is', null)
    .where('replaced_at', 'is', null)
    .execute()
  await tx.tables
    .insertInto('token')
    .values({
      hash,
      kind: 'confirm',
      subscriber_id: reader.id,
      payload: JSON.stringify({}),
      created_at: at,
      expires_at: tokenExpiry(at),
    })
    .execute()
  const payload: MailPayload = { about: 'signup', token: sealed }
  return oweMail(tx, {
    kind: 'confirmation',
    subscriberId: reader.id,
    domain: reader.domain,
    payload,
    dueAt: at,
  })
}
