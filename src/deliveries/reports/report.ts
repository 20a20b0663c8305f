/** What became of an edition: how many are owed, how they ended, who did not get it and why. */
import type { Db } from '../../db/client.js'
import { type DeliveryStatus, deliveryStatuses } from '../../mail/delivery-status.js'

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
  attempts: Record<'accepted' | 'deferred' | 'rejected' | 'in_doubt', number>
  /** The domains with most rows. */
  byDomain: { domain: string; owed: number; accepted: number; deferred: number; rejected: number }[]
}

export type NotReached = { subscriberId: number | null; domain: string; status: DeliveryStatus; why: string }

const domainsShown = 20

/** @returns null when there is no such edition. */
export async function editionReport(db: Db, editionId: number): Promise<EditionReport | null> {
  const [edition] = await db.sql<
    Pick<EditionReport, 'editionId' | 'kind' | 'period' | 'status' | 'reason' | 'fannedOutAt' | 'finishedAt'>
  >(
    `SELECT id AS "editionId", kind, period, status, reason, fanned_out_at AS "fannedOutAt", finished_at AS "finishedAt"
     FROM edition WHERE id = $1`,
    [editionId],
  )
  if (!edition) return null
  const byStatus = await countByStatus(db, editionId)
  const owed = Object.values(byStatus).reduce((sum, count) => sum + count, 0)
  return {
    ...edition,
    owed,
    byStatus,
    notSent: await reasons(db, editionId),
    attempts: await countAttempts(db, editionId),
    byDomain: await countByDomain(db, editionId),
  }
}

const noStatuses = Object.fromEntries(deliveryStatuses.map((status) => [status, 0])) as Record<
  DeliveryStatus,
  number
>

/** How many rows of an edition stand in each status. */
export async function countByStatus(db: Db, editionId: number): Promise<Record<DeliveryStatus, number>> {
  const rows = await db.sql<{ status: DeliveryStatus; count: number }>(
    'SELECT status, count(*)::int AS count FROM delivery WHERE edition_id = $1 GROUP BY status',
    [editionId],
  )
  return { ...noStatuses, ...Object.fromEntries(rows.map(({ status, count }) => [status, count])) }
}

/** Refusals differ in ids and addresses of their texts, so that the codes say what they have in common. */
const why = `coalesce(d.reason, concat_ws(' ', d.code, d.enhanced), '')`

function reasons(db: Db, editionId: number): Promise<EditionReport['notSent']> {
  return db.sql(
    `SELECT d.status, CASE WHEN d.code IS NULL THEN ${why} ELSE concat_ws(' ', d.reason, d.code, d.enhanced) END AS why,
       count(*)::int AS count
     FROM delivery d WHERE d.edition_id = $1 AND d.status NOT IN ('accepted', 'due', 'claimed')
     GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 100`,
    [editionId],
  )
}

async function countAttempts(db: Db, editionId: number): Promise<EditionReport['attempts']> {
  const rows = await db.sql<{ outcome: string; count: number }>(
    `SELECT a.outcome, count(*)::int AS count FROM attempt a JOIN delivery d ON d.id = a.delivery_id
     WHERE d.edition_id = $1 GROUP BY 1`,
    [editionId],
  )
  const none = { accepted: 0, deferred: 0, rejected: 0, in_doubt: 0 }
  return { ...none, ...Object.fromEntries(rows.map(({ outcome, count }) => [outcome, count])) }
}

function countByDomain(db: Db, editionId: number): Promise<EditionReport['byDomain']> {
  return db.sql(
    `SELECT domain, count(*)::int AS owed,
       count(*) FILTER (WHERE status = 'accepted')::int AS accepted,
       count(*) FILTER (WHERE status = 'deferred')::int AS deferred,
       count(*) FILTER (WHERE status = 'rejected')::int AS rejected
     FROM delivery WHERE edition_id = $1 GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $2`,
    [editionId, domainsShown],
  )
}

/** Everybody who did not get it, in the order of the ledger, a page at a time. */
export function notReached(
  db: Db,
  editionId: number,
  page: { after: string; limit: number },
): Promise<(NotReached & { id: string })[]> {
  return db.sql(
    `SELECT d.id, d.subscriber_id AS "subscriberId", d.domain, d.status, coalesce(d.reply, ${why}) AS why
     FROM delivery d WHERE d.edition_id = $1 AND d.status <> 'accepted' AND d.id > $2 ORDER BY d.id LIMIT $3`,
    [editionId, page.after, page.limit],
  )
}
