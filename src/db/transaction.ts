/** One transaction for models, typed SQL and checked statements, all on one connection. */
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import type pg from 'pg'
import { Problem } from '../errors.js'
import type { Connection } from './queries/connection.js'
import { wasGivenUp } from './database-fault.js'
import type { LazyModels, Models } from './queries/models.js'
import type { Query, Queries } from './queries/queries.js'
import { type Run, runStatement } from './queries/statement.js'
import { openTypedSql, type TypedSql } from './queries/tables.js'

/** How long a transaction may take, in milliseconds: while somebody waits, in a job, over a whole table. */
export const timeouts = { request: 15_000, job: 60_000, bulk: 1_800_000 } as const

export type Timeout = keyof typeof timeouts

/** An open transaction: what a verb that changes something takes as its first argument. */
export type Tx = Queries & {
  /** Work that may fail alone: what it did is undone, and the transaction goes on. */
  savepoint<T>(work: () => Promise<T>): Promise<T>
  /** For tests, which ask for what no verb does. */
  readonly sql: Query
}

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

class OpenTransaction implements Tx {
  readonly #connection: Connection
  readonly #joined: ReturnType<LazyModels['join']>
  readonly #endsAt: number
  #open = true
  #tables: TypedSql | undefined
  #savepoints = 0
  readonly models: Models

  constructor(client: pg.PoolClient, models: LazyModels, timeout: Timeout | null) {
    this.#connection = guarded(client, () => this.#requireOpen())
    this.#endsAt = timeout === null ? Number.POSITIVE_INFINITY : performance.now() + timeouts[timeout]
    this.#joined = models.join(this.#connection)
    this.models = this.#joined.models
  }

  get tables(): TypedSql {
    this.#tables ??= openTypedSql(onlyConnection(this.#connection))
    return this.#tables
  }

  readonly run: Run = (statement, values) => runStatement(this.#connection, statement, values)

  readonly sql: Query = async (text, values = []) =>
    (await this.#connection.query(text, values)).rows as never

  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    const name = `savepoint_${this.#savepoints++}`
    await this.#connection.query(`SAVEPOINT ${name}`)
    try {
      const result = await work()
      await this.#connection.query(`RELEASE ${name}`)
      return result
    } catch (error) {
      await this.#connection.query(`ROLLBACK TO ${name}; RELEASE ${name}`)
      throw error
    }
  }

  /** Nothing can be asked any more; Prisma forgets the transaction. */
  async end(): Promise<void> {
    this.#open = false
    await this.#joined.end()
  }

  #requireOpen(): void {
    if (!this.#open) throw new Error('a transaction was asked for something after its end')
    if (performance.now() < this.#endsAt) return
    throw new Problem('unavailable', 'The database takes too long at the moment.')
  }
}

function guarded(client: pg.PoolClient, check: () => void): Connection {
  const query = (...given: Parameters<pg.PoolClient['query']>) => {
    check()
    return client.query(...given)
  }
  return { query } as unknown as Connection
}

/** What Kysely takes for a pool. */
function onlyConnection({ query }: Connection): PostgresPool {
  const client = { query, release: () => {} } as PostgresPoolClient
  return { connect: async () => client, end: async () => {} }
}
