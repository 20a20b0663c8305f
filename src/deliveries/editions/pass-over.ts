/** What a database that was put back still owes, though it may have gone out: told, and passed over. */
import type { Runs } from '../../db/continuity/stamp.js'
import { quoted } from '../../db/queries/quoted.js'
import { count, day, nullable, text, timestamptz } from '../../db/queries/sql-types.js'
import { type RowOf, statement } from '../../db/queries/statement.js'
import { goingOut } from '../ledger/going-out.js'
import { passOverBatches } from '../ledger/release.js'
import { openStatuses } from '../../mail/delivery-status.js'

const open = `(${quoted([...openStatuses, 'claimed'])})`

// A row ends a day after it was first due, however often it was put off since.
const firstDue = `d.expires_at - interval '1 day'`

// Who signed up after the database was put back waits for a mail that has never gone out.
const waitedBefore = `d.edition_id IS NULL AND d.status IN ${open} AND d.created_at < (SELECT held_at FROM stamp)`

/** Editions with mail that is due, or that are about to be fanned out, and to how many readers. */
const editionsDue = statement({
  text: `SELECT e.kind, e.period, sum(m.mails)::bigint AS mails FROM edition e JOIN (
      SELECT d.edition_id, count(*) AS mails FROM delivery d
      WHERE d.status IN ${open} AND (d.due_at <= $1 OR d.status = 'claimed') GROUP BY 1
      UNION ALL
      SELECT b.edition_id, sum(length(b.accepted) - bit_count(b.accepted | b.apart)) FROM batch b
      WHERE b.status = 'claimed' OR (b.status = 'due' AND b.due_at <= $1) GROUP BY 1
    ) m ON m.edition_id = e.id
    WHERE e.status IN ${goingOut} GROUP BY e.id
    UNION ALL
    SELECT e.kind, e.period, (SELECT count(*) FROM subscriber s WHERE s.status = 'active'
        AND (s.frequency = 'weekly') = (e.kind = 'weekly') AND (s.paused_until IS NULL OR s.paused_until <= $1::timestamptz))
    FROM edition e WHERE e.status = 'frozen' AND e.fanned_out_at IS NULL
      AND e.send_at <= $1 AND e.send_at > $1::timestamptz - interval '1 day'
    ORDER BY 2, 1`,
  parameters: [timestamptz],
  columns: { kind: text, period: text, mails: count },
})

const othersDue = statement({
  text: `SELECT count(*) AS mails FROM delivery d WHERE ${waitedBefore}`,
  parameters: [],
  columns: { mails: count },
})

export type WouldGoOut = {
  editions: RowOf<typeof editionsDue>[]
  /** Confirmations, welcomes, notices and tests. */
  others: number
}

/** What would go out now if nothing held it. */
export async function whatWouldGoOut(db: Runs, now: Date): Promise<WouldGoOut> {
  const editions = await db.run(editionsDue, [now])
  const [others] = await db.run(othersDue, [])
  return { editions, others: others?.mails ?? 0 }
}

/** As words for a list: each edition, and the others together. */
export const inWords = ({ editions, others }: WouldGoOut): string[] => [
  ...editions.map(
    ({ kind, period, mails }) =>
      `the ${kind} edition of ${period} to ${mails} ${mails === 1 ? 'reader' : 'readers'}`,
  ),
  ...(others > 0 ? [`${others} other ${others === 1 ? 'mail' : 'mails'}`] : []),
]

/** Before which mail is taken as gone out: an instant, or the day of the first edition that goes out. */
export type PassOver = { at: Date; firstDay: string | null }

const endPassedOver = statement({
  text: `WITH ended AS (
      UPDATE delivery d SET status = 'cancelled', claim = NULL, lease_until = NULL, settled_at = $3,
        reason = $4
      WHERE d.status IN ${open} AND (${waitedBefore} OR EXISTS (
        SELECT FROM edition e WHERE e.id = d.edition_id
          AND CASE WHEN $2::date IS NULL THEN ${firstDue} <= $1 ELSE e.day < $2::date END))
      RETURNING d.id)
    SELECT count(*) AS mails FROM ended`,
  parameters: [timestamptz, nullable(day), timestamptz, text],
  columns: { mails: count },
})

const reason = 'taken as gone out before the database was put back'

/**
 * Ends what was due before, so that it does not go out twice.
 * @returns how many mails.
 */
export async function passOver(db: Runs, { at, firstDay }: PassOver, now: Date): Promise<number> {
  const [ended] = await db.run(endPassedOver, [at, firstDay, now, reason])
  return (ended?.mails ?? 0) + (await passOverBatches(db, { at, firstDay, reason }, now))
}
