/** Writes that somebody looked at a day's list, and how it ended. */
import type { Day } from '../clock.js'
import type { Tx } from '../db/client.js'
import type { ColumnValue } from '../db/queries/columns.js'
import { dayValue } from '../db/queries/tables.js'

export type LookRow = {
  source: string
  day: Day
  at: Date
  outcome: ColumnValue<'look', 'outcome'>
  papers: number
  skipped: number
  fault: string | null
}

export async function storeLook(tx: Tx, { source, day, at, ...ended }: LookRow): Promise<void> {
  const { outcome, papers, skipped, fault } = ended
  const row = { source, day: dayValue(day), at, outcome, papers, skipped, fault }
  await tx.tables.insertInto('look').values(row).execute()
}
