/** SQL that Kysely builds, typed from the same schema as the models. */
import { createRequire } from 'node:module'
import type * as KyselyModule from 'kysely'
import type { ColumnType, Insertable, Kysely, PostgresPool, RawBuilder, SqlBool, Updateable } from 'kysely'
import type { ColumnValue, ModelWithUnions, columnValues } from './columns.js'
import type { GeneratedTables } from '../generated/sql/tables.js'

type SnakeCase<S extends string> = S extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${SnakeCase<Tail>}`
  : S

type ModelOf = { [M in ModelWithUnions as SnakeCase<M>]: M }

type WithUnion<Column, Union extends string> =
  Column extends ColumnType<unknown, infer Insert, unknown>
    ? ColumnType<Union, Union | Exclude<Insert, string>, Union>
    : Union | Exclude<Column, string>

type UnionTable<Table, M extends ModelWithUnions> = {
  [C in keyof Table]: C extends keyof (typeof columnValues)[M]
    ? WithUnion<Table[C], ColumnValue<M, C> & string>
    : Table[C]
}

/** Tables and columns by their names in Postgres; columns of status, kind and outcome have their unions. */
type Tables = {
  [T in keyof GeneratedTables]: T extends keyof ModelOf
    ? UnionTable<GeneratedTables[T], ModelOf[T]>
    : GeneratedTables[T]
}

/** What an insert into a table takes: `NewRow<'alert_send'>`. */
export type NewRow<T extends keyof Tables> = Insertable<Tables[T]>

/** What an update of a table sets. */
export type RowChange<T extends keyof Tables> = Updateable<Tables[T]>

export type TypedSql = Kysely<Tables>

// Kysely takes 0.1 s of CPU to load, which a command that builds no SQL need not spend.
const load = () => createRequire(import.meta.url)('kysely') as typeof KyselyModule

/** Builds and runs SQL over a pool, or over what looks like one. */
export function openTypedSql(pool: PostgresPool): TypedSql {
  const { Kysely, PostgresDialect } = load()
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
}

/** A condition that Kysely has no words for, with its values as parameters: condition`p.search @@ ${query}`. */
export function condition(text: TemplateStringsArray, ...values: unknown[]): RawBuilder<SqlBool> {
  return load().sql<SqlBool>(text, ...values)
}

export type Condition = RawBuilder<SqlBool>

/** The same, of SQL that is put together from constants and has no values: literals lead the planner to partial indexes. */
export const fixedCondition = (text: string): Condition => load().sql.raw<SqlBool>(text)

/** A calendar day, whatever zone the process runs in: the driver would write a `Date` in its own. */
export const dayValue = (day: string): RawBuilder<Date> => load().sql<Date>`${day}::date`
