/** The ways to ask the database, which a transaction has as well as the pool. */
import type { Models } from './models.js'
import type { Run } from './statement.js'
import type { TypedSql } from './tables.js'

export type Row = Record<string, unknown>

/** A parametrised statement whose row type nobody checks: `$1` placeholders, bigint columns as strings. */
export type Query = <R extends Row = Row>(text: string, values?: unknown[]) => Promise<R[]>

/** What a verb that only reads takes as its first argument: a `Db` or a `Tx`. */
export type Queries = {
  /** Prisma's models. */
  readonly models: Models
  /** Kysely, typed from the schema. */
  readonly tables: TypedSql
  /** Runs a checked statement. */
  readonly run: Run
}
