/** Advisory locks by name: one transaction at a time, in all processes together. */
import type { Tx } from './client.js'
import { int, text } from './queries/sql-types.js'
import { statement } from './queries/statement.js'

const untilEnd = statement({
  text: 'SELECT 1 AS taken FROM pg_advisory_xact_lock(hashtext($1))',
  parameters: [text],
  columns: { taken: int },
})

/** Waits for the lock and holds it until the transaction ends. */
export async function takeLock(tx: Tx, name: string): Promise<void> {
  await tx.run(untilEnd, [name])
}
