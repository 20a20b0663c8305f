/** Sums of opens and clicks, counted anew for editions that were hit since: three figures, never one. */
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import type { Db, Tx } from '../../db/client.js'
import { count, int, text, timestamptz } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'

const sums = Type.Object({
  /** Pressed a button on our page. */
  person: Type.Integer(),
  /** A person, in all likelihood. */
  likely: Type.Integer(),
  unknown: Type.Integer(),
  machine: Type.Integer(),
})

export const measuredSchema = Type.Object({ opens: sums, clicks: sums })

/** How many mails were opened, and in how many a link was followed, by whom. */
export type Measured = Static<typeof measuredSchema>

/**
 * A scanner is shown by many links at once, or by one that no person sees. What it fetched within that time was not a
 * person's either.
 */
const findScanners = statement({
  text: `UPDATE measured_hit h SET verdict = 'machine' FROM (
      SELECT subscriber_id, link,
        count(*) FILTER (WHERE link > 0) OVER (PARTITION BY subscriber_id ORDER BY at
          RANGE BETWEEN interval '10 seconds' PRECEDING AND interval '10 seconds' FOLLOWING) AS near,
        coalesce(bool_or(link = 0) OVER (PARTITION BY subscriber_id ORDER BY at
          RANGE BETWEEN interval '60 seconds' PRECEDING AND interval '60 seconds' FOLLOWING), false) AS unseen
      FROM measured_hit WHERE edition_id = $1 AND link >= -1
    ) w
    WHERE h.edition_id = $1 AND h.subscriber_id = w.subscriber_id AND h.link = w.link
      AND h.verdict IN ('likely', 'unknown') AND (w.near >= 3 OR w.unseen)`,
  parameters: [int],
  columns: {},
})

/** Who follows a link has opened the mail, whether or not its picture was fetched. */
const sum = statement({
  text: `WITH mails AS (
      SELECT CASE WHEN bool_or(verdict = 'person') THEN 'person'
          WHEN bool_or((link > 0 OR link = -3) AND verdict = 'likely') THEN 'likely'
          WHEN bool_or(link >= 0 OR link = -3) THEN 'machine' END AS click,
        max(verdict) FILTER (WHERE link = -1) AS open
      FROM measured_hit WHERE edition_id = $1 GROUP BY subscriber_id
    )
    SELECT 'clicks' AS kind, click AS verdict, count(*) AS mails FROM mails WHERE click IS NOT NULL GROUP BY 2
    UNION ALL
    SELECT 'opens', CASE WHEN click IN ('person', 'likely') THEN click ELSE open END, count(*) FROM mails
    WHERE open IS NOT NULL OR click IN ('person', 'likely') GROUP BY 2`,
  parameters: [int],
  columns: { kind: text, verdict: text, mails: count },
})

const stale = statement({
  text: `SELECT edition_id AS id FROM measured_edition
    WHERE counted_at IS NULL OR hit_at > counted_at - interval '20 seconds' ORDER BY hit_at LIMIT 20`,
  parameters: [],
  columns: { id: int },
})

const keep = statement({
  text: `UPDATE measured_edition SET figures = $2::text::jsonb, counted_at = $3 WHERE edition_id = $1`,
  parameters: [int, text, timestamptz],
  columns: {},
})

/** Idempotent; any number of workers may do it at once. */
export async function countMeasured(db: Db, now: Date): Promise<void> {
  for (const { id } of await db.run(stale, [])) {
    await db.transaction('bulk', (tx) => countEdition(tx, id, now))
  }
}

async function countEdition(tx: Tx, editionId: number, now: Date): Promise<void> {
  await tx.run(findScanners, [editionId])
  const none = { person: 0, likely: 0, unknown: 0, machine: 0 }
  const figures = { opens: { ...none }, clicks: { ...none } }
  for (const { kind, verdict, mails } of await tx.run(sum, [editionId])) {
    Object.assign(kind === 'opens' ? figures.opens : figures.clicks, { [verdict]: mails })
  }
  await tx.run(keep, [editionId, JSON.stringify(figures), now])
}

/** Null for an edition of which nothing was measured, or not yet counted. */
export async function readMeasured(db: Pick<Db, 'models'>, editionId: number): Promise<Measured | null> {
  const row = await db.models.measuredEdition.findUnique({ where: { editionId } })
  return row && Value.Check(measuredSchema, row.figures) ? row.figures : null
}
