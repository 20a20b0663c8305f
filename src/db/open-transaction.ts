/** What an open transaction offers: models, typed SQL and checked statements, all on one connection. */
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import type pg from 'pg'
import { Problem } from '../errors.js'
import type { Connection } from './queries/connection.js'
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

export class OpenTransaction implements Tx {
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
