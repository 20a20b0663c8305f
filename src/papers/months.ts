/** Which months have papers, and what stands on their lists; for site maps. */
import type { Day } from '../clock.js'
import type { Queries } from '../db/client.js'
import { day, nullable, text, texts } from '../db/queries/sql-types.js'
import { statement } from '../db/queries/statement.js'

const months = statement({
  text: `SELECT to_char(day, 'YYYY-MM') AS month FROM listing GROUP BY 1 ORDER BY 1 DESC`,
  parameters: [],
  columns: { month: text },
})

/** Months such as `2026-07` with papers on their lists, newest first. */
export async function listedMonths(db: Queries): Promise<string[]> {
  return (await db.run(months, [])).map((row) => row.month)
}

const between = statement({
  text: `SELECT array_agg(DISTINCT day::text) AS days, array_agg(DISTINCT paper_id) AS ids
    FROM listing WHERE day BETWEEN $1 AND $2`,
  parameters: [day, day],
  columns: { days: nullable(texts), ids: nullable(texts) },
})

/** The days with papers and the ids of the papers listed from the first to the last day, both included. */
export async function listedBetween(
  db: Queries,
  from: Day,
  to: Day,
): Promise<{ days: Day[]; ids: string[] }> {
  const [row] = await db.run(between, [from, to])
  return { days: row?.days ?? [], ids: row?.ids ?? [] }
}
