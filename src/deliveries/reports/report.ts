/** What became of an edition: how many are owed, how they ended, who did not get it and why. */
import type { Db } from '../../db/client.js'
import { editionStatuses, shownStatus } from '../../editions/edition.js'
import { quoted } from '../../db/queries/quoted.js'
import { bigint, int, nullable, oneOf, present, text, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { type DeliveryStatus, deliveryStatuses, fates } from '../../mail/delivery-status.js'
import { type Measured, readMeasured } from '../measuring/count.js'
import { type EditionTotals, readTotals } from '../ledger/totals.js'

export type EditionReport = {
  editionId: number
  kind: string
  period: string
  status: string
  /** Why there is none, why it is held or was cancelled. */
  reason: string | null
  fannedOutAt: Date | null
  finishedAt: Date | null
  owed: number
  byStatus: Record<DeliveryStatus, number>
  /** How often each reason or reply kept a mail back, most frequent first. */
  notSent: { status: DeliveryStatus; why: string; count: number }[]
  /** Tries by how they ended. */
  attempts: EditionTotals['attempts']
  /** The domains with most rows. */
  byDomain: { domain: string; owed: number; accepted: number; deferred: number; rejected: number }[]
  /** Mails opened and followed, by whom; null where nothing was measured. */
  measured: Measured | null
}

export type NotReached = { subscriberId: number | null; domain: string; status: DeliveryStatus; why: string }

const domainsShown = 20

const headOf = statement({
  text: `SELECT id AS "editionId", kind, period, ${shownStatus} AS status, reason, fanned_out_at AS "fannedOutAt",
      finished_at AS "finishedAt" FROM edition e WHERE id = $1`,
  parameters: [int],
  columns: {
    editionId: int,
    kind: text,
    period: text,
    status: oneOf(editionStatuses),
    reason: nullable(text),
    fannedOutAt: nullable(timestamptz),
    finishedAt: nullable(timestamptz),
  },
})

/** @returns null when there is no such edition. */
export async function editionReport(db: Db, editionId: number): Promise<EditionReport | null> {
  const [edition] = await db.run(headOf, [editionId])
  if (!edition) return null
  const { byStatus, attempts } = await readTotals(db, editionId)
  const owed = Object.values(byStatus).reduce((sum, count) => sum + count, 0)
  return {
    ...edition,
    owed,
    byStatus,
    notSent: await db.run(reasons, [editionId]),
    attempts,
    byDomain: await db.run(countByDomain, [editionId, domainsShown]),
    measured: await readMeasured(db, editionId),
  }
}

/** How many mails of an edition stand in each status. */
export async function countByStatus(db: Db, editionId: number): Promise<Record<DeliveryStatus, number>> {
  return (await readTotals(db, editionId)).byStatus
}

/** Refusals differ in ids and addresses of their texts, so that the codes say what they have in common. */
const why = `coalesce(d.reason, concat_ws(' ', d.code, d.enhanced), '')`

const reasons = statement({
  text: `SELECT status, why, sum(mails)::int AS count FROM (
       SELECT d.status, count(*) AS mails,
         CASE WHEN d.code IS NULL THEN ${why} ELSE concat_ws(' ', d.reason, d.code, d.enhanced) END AS why
       FROM delivery d WHERE d.edition_id = $1
         AND d.status IN (${quoted(Object.values(fates).flat())}) GROUP BY 1, 3
       UNION ALL
       SELECT status, sum(length(accepted) - bit_count(accepted | apart)), coalesce(reason, '')
       FROM batch WHERE edition_id = $1 AND status IN ('expired', 'cancelled') GROUP BY 1, 3
     ) x GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 100`,
  parameters: [int],
  columns: { status: oneOf(deliveryStatuses), why: text, count: int },
})

/** Of batches that go out now what was accepted is added when they end. */
const countByDomain = statement({
  text: `SELECT domain, sum(owed)::int AS owed, sum(accepted)::int AS accepted, sum(deferred)::int AS deferred,
       sum(rejected)::int AS rejected
     FROM (
       SELECT domain, owed, accepted, 0 AS deferred, 0 AS rejected FROM edition_domain
       WHERE edition_id = $1 AND domain <> ''
       UNION ALL
       SELECT d.domain, count(*) FILTER (WHERE e.batches IS NULL), count(*) FILTER (WHERE d.status = 'accepted'),
         count(*) FILTER (WHERE d.status = 'deferred'), count(*) FILTER (WHERE d.status = 'rejected')
       FROM delivery d JOIN edition e ON e.id = d.edition_id WHERE d.edition_id = $1 GROUP BY 1
     ) x GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $2`,
  parameters: [int, bigint],
  columns: { domain: text, owed: int, accepted: int, deferred: int, rejected: int },
})

const unreached = statement({
  text: `SELECT d.id, d.subscriber_id AS "subscriberId", d.domain, d.status, coalesce(d.reply, ${why}) AS why
     FROM mail_owed d WHERE d.edition_id = $1 AND d.status <> 'accepted' AND d.id > $2 AND (d.batch_id IS NULL OR d.batch_id IN (
       SELECT id FROM batch WHERE edition_id = $1 AND status <> 'done' AND id > $2 - 1024 ORDER BY id LIMIT $3
     )) ORDER BY d.id LIMIT $3`,
  parameters: [int, bigint, bigint],
  columns: {
    id: present(bigint),
    subscriberId: nullable(int),
    domain: present(text),
    status: present(oneOf(deliveryStatuses)),
    why: text,
  },
})

/** Everybody who did not get it, in the order of the ledger, a page at a time. */
export function notReached(
  db: Db,
  editionId: number,
  page: { after: string; limit: number },
): Promise<(NotReached & { id: string })[]> {
  return db.run(unreached, [editionId, page.after, page.limit])
}
