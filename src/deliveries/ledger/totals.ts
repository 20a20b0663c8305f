/** What an edition's mails came to, summed from its batches and rows; kept with the edition once it is out. */
import { type Static, Type } from 'typebox'
import { columnValues } from '../../db/queries/columns.js'
import type { Queries } from '../../db/queries/queries.js'
import { int, json, nullable } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { deliveryStatuses } from '../../mail/delivery-status.js'

const byStatus = Type.Record(Type.Enum(deliveryStatuses), Type.Integer())
/** Tries by how they ended. */
const attempts = Type.Record(Type.Enum(columnValues.attempt.outcome), Type.Integer())
export const totalsSchema = Type.Object({ byStatus, attempts })

export type EditionTotals = Static<typeof totalsSchema>
const zeros = <K extends string>(names: readonly K[]) =>
  Object.fromEntries(names.map((name) => [name, 0])) as Record<K, number>

const none: EditionTotals = {
  byStatus: zeros(deliveryStatuses),
  attempts: zeros(columnValues.attempt.outcome),
}

const keptTotals = statement({
  text: 'SELECT totals FROM edition WHERE id = $1',
  parameters: [int],
  columns: { totals: nullable(json(totalsSchema)) },
})

/** As they were kept, or summed up now. */
export async function readTotals(tx: Pick<Queries, 'run'>, editionId: number): Promise<EditionTotals> {
  const [kept] = await tx.run(keptTotals, [editionId])
  return kept?.totals ?? sumTotals(tx, editionId)
}

const sums = statement({
  text: `SELECT (SELECT coalesce(jsonb_object_agg(status, mails), '{}') FROM (
      SELECT status, sum(mails) AS mails FROM (
        SELECT status, count(*) AS mails FROM delivery WHERE edition_id = $1 GROUP BY 1
        UNION ALL SELECT 'accepted', sum(bit_count(accepted)) FROM batch WHERE edition_id = $1
        UNION ALL SELECT status, sum(length(accepted) - bit_count(accepted | apart)) FROM batch
        WHERE edition_id = $1 AND status <> 'done' GROUP BY 1
      ) x WHERE mails > 0 GROUP BY 1) y) AS "byStatus",
    (SELECT coalesce(jsonb_object_agg(outcome, tries), '{}') FROM (
      SELECT outcome, sum(tries) AS tries FROM (
        SELECT a.outcome, count(*) AS tries FROM delivery d JOIN attempt a ON a.delivery_id = d.id
        WHERE d.edition_id = $1 GROUP BY 1
        UNION ALL SELECT 'accepted', sum(bit_count(accepted)) FROM batch WHERE edition_id = $1
      ) x WHERE tries > 0 GROUP BY 1) y) AS attempts`,
  parameters: [int],
  columns: { byStatus: json(Type.Partial(byStatus)), attempts: json(Type.Partial(attempts)) },
})

/** A row for each batch and one for each exception is looked at, none for an accepted mail. */
export async function sumTotals(tx: Pick<Queries, 'run'>, editionId: number): Promise<EditionTotals> {
  const [found] = await tx.run(sums, [editionId])
  return {
    byStatus: { ...none.byStatus, ...found?.byStatus },
    attempts: { ...none.attempts, ...found?.attempts },
  }
}
