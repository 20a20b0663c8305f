/** Which months have papers, and what stands on their lists; for site maps. */
import type { Day } from '../clock.js'
import type { Query } from '../db/client.js'

/** Months such as `2026-07` with papers on their lists, newest first. */
export async function listedMonths(query: Query): Promise<string[]> {
  const rows = await query<{ month: string }>(
    `SELECT to_char(day, 'YYYY-MM') AS month FROM listing GROUP BY 1 ORDER BY 1 DESC`,
  )
  return rows.map((row) => row.month)
}

/** The days with papers and the ids of the papers listed from the first to the last day, both included. */
export async function listedBetween(
  query: Query,
  from: Day,
  to: Day,
): Promise<{ days: Day[]; ids: string[] }> {
  const [row] = await query<{ days: Day[] | null; ids: string[] | null }>(
    `SELECT array_agg(DISTINCT day::text) AS days, array_agg(DISTINCT paper_id) AS ids
     FROM listing WHERE day BETWEEN $1::date AND $2::date`,
    [from, to],
  )
  return { days: row?.days ?? [], ids: row?.ids ?? [] }
}
