/** Runs work in one transaction, again when Postgres gave it up. */
import type pg from 'pg'
import { wasGivenUp } from './database-fault.js'
import { OpenTransaction, type Timeout, timeouts, type Tx } from './open-transaction.js'
import type { LazyModels } from './queries/models.js'

const triesOfWork = 4

/**
 * Runs the work in one transaction, which is undone when it throws; done again up to three times when Postgres gave
 * it up in favour of another one, so that the work may leave nothing behind but rows.
 * Each statement is cut off at the time-out, and none begins after it; null is for work without one, of which
 * only each statement is bounded, as in bulk.
 */
export async function runTransaction<T>(
  pool: pg.Pool,
  models: LazyModels,
  timeout: Timeout | null,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await runOnce(pool, models, timeout, work)
    } catch (error) {
      if (tries === triesOfWork || timeout === null || !wasGivenUp(error)) throw error
    }
  }
}

async function runOnce<T>(
  pool: pg.Pool,
  models: LazyModels,
  timeout: Timeout | null,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const client = await pool.connect()
  const tx = new OpenTransaction(client, models, timeout)
  try {
    await client.query(beginWithin(timeout))
    const result = await work(tx)
    await tx.end()
    const { command } = await client.query('COMMIT')
    // Postgres answers so where a statement failed and the work went on as if it had not.
    if (command === 'ROLLBACK') throw new Error('a statement failed, so that the transaction was undone')
    client.release()
    return result
  } catch (error) {
    await tx.end().catch(() => {})
    const broken = await client.query('ROLLBACK').then(
      () => undefined,
      (fault: Error) => fault,
    )
    client.release(broken)
    throw error
  }
}

/** Postgres itself keeps the time, also when this process stands still; without a time-out of each statement alone. */
function beginWithin(timeout: Timeout | null): string {
  const limit = `BEGIN; SET LOCAL statement_timeout = ${timeouts[timeout ?? 'bulk']}`
  return timeout === null
    ? limit
    : `${limit}; SET LOCAL idle_in_transaction_session_timeout = ${timeouts[timeout]}`
}
