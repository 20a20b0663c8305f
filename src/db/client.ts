/** One pg pool, shared by Prisma's models, typed SQL and checked statements. */
import pg from 'pg'
import { messageOf } from '../errors.js'
import type { Log } from '../log.js'
import { Witness } from './witness/witness.js'
import { LazyModels, type Models } from './queries/models.js'
import type { Queries, Query, Row } from './queries/queries.js'
import { type Run, runStatement } from './queries/statement.js'
import { openTypedSql, type TypedSql } from './queries/tables.js'
import { runTransaction } from './transaction.js'
import { type Timeout, timeouts, type Tx } from './open-transaction.js'

export type { Queries, Query, Row } from './queries/queries.js'
export type { Tx } from './open-transaction.js'

export type DbOptions = {
  connections?: number
  applicationName?: string
  /** How long a statement outside of transactions may take, in milliseconds. */
  statementMs?: number
}

/**
 * Opens the pool; no connection is made before the first statement. What takes longer than a job may goes into a
 * transaction that names its time-out.
 */
export function openDb(url: string, log: Log, options: DbOptions = {}): Db {
  const { statementMs = timeouts.job } = options
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connections ?? 10,
    // A connection that a firewall has forgotten is found dead within minutes.
    keepAlive: true,
    application_name: options.applicationName ?? 'daily-papers',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    // Not among the parameters of the connection, which poolers turn away.
    // oxlint-disable-next-line typescript/no-misused-promises -- the pool waits for it, whatever its types say.
    onConnect: (client) => client.query(`SET statement_timeout = ${statementMs}`),
  })
  pool.on('error', (error) => log.warn({ fault: messageOf(error) }, 'an idle database connection was lost'))
  // The pool hears idle connections only. One that is lost while somebody holds it is told by their next statement.
  pool.on('connect', (client) => void client.on('error', () => {}))
  return new Db(pool)
}

export class Db implements Queries {
  /** The shared pool, for streams, listeners and statements that need their own connection. */
  readonly pool: pg.Pool
  readonly models: Models
  /** What this process remembers of the database, to notice one that was put back. */
  readonly witness = new Witness()
  readonly #lazyModels: LazyModels
  #tables: TypedSql | undefined

  constructor(pool: pg.Pool) {
    this.pool = pool
    this.#lazyModels = new LazyModels(pool)
    this.models = this.#lazyModels.models
  }

  /** What it was opened with, for a process that opens it as well: it holds the password. */
  get url(): string {
    return this.pool.options.connectionString ?? ''
  }

  get tables(): TypedSql {
    this.#tables ??= openTypedSql(this.pool)
    return this.#tables
  }

  readonly run: Run = (statement, values) => runStatement(this.pool, statement, values)

  /** For tests, which ask for what no verb does. */
  readonly sql: Query = async <R extends Row>(text: string, values: unknown[] = []) =>
    (await this.pool.query<R>(text, values)).rows

  /** @see runTransaction */
  transaction<T>(timeout: Timeout | null, work: (tx: Tx) => Promise<T>): Promise<T> {
    return runTransaction(this.pool, this.#lazyModels, timeout, work)
  }

  async close(): Promise<void> {
    await this.#lazyModels.close()
    await this.pool.end()
  }
}
