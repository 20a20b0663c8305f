/** SQL that cannot be built typed: each statement says its types once, and a test compares them with Postgres. */
import type { Connection } from './connection.js'
import type { SqlType } from './sql-types.js'

type Parameters = readonly SqlType[]
type Columns = Readonly<Record<string, SqlType>>

export type Statement<P extends Parameters = Parameters, C extends Columns = Columns> = {
  readonly text: string
  readonly parameters: P
  /** By name, in the order of the statement; empty for one that returns nothing. */
  readonly columns: C
}

type OutOf<T> = T extends { readonly types?: { out: infer Out } } ? Out : never
type InOf<T> = T extends { readonly types?: { in: (value: infer In) => void } } ? In : never
export type RowOf<S> =
  S extends Statement<Parameters, infer C> ? { -readonly [N in keyof C]: OutOf<C[N]> } : never
type ValuesOf<P extends Parameters> = { [I in keyof P]: InOf<P[I]> }

/** Runs a checked statement; a row that is not of the stated types is an error. */
export type Run = <P extends Parameters, C extends Columns>(
  statement: Statement<P, C>,
  values: ValuesOf<P>,
) => Promise<RowOf<Statement<P, C>>[]>

const stated: Statement[] = []

/** All statements of the modules that are loaded, for the test that prepares each. */
export const allStatements = (): readonly Statement[] => stated

/** Declares a statement at the top of a module, where the test of all statements finds it. */
export function statement<const P extends Parameters, const C extends Columns>(
  given: Statement<P, C>,
): Statement<P, C> {
  stated.push(given)
  return given
}

let varied = 0

/** How many statements {@link variants} has declared, for the same test. */
export const variantsDeclared = (): number => varied

/** Declares a statement for each key, where parts of its text are chosen when it is asked. */
export function variants<K extends string, const P extends Parameters, const C extends Columns>(
  keys: readonly K[],
  given: Omit<Statement<P, C>, 'text'> & { text: (key: K) => string },
): (key: K) => Statement<P, C> {
  const made = new Map(keys.map((key) => [key, { ...given, text: given.text(key) }]))
  stated.push(...made.values())
  varied += made.size
  return (key) => {
    const found = made.get(key)
    if (!found) throw new Error(`there is no statement for ${key}`)
    return found
  }
}

export async function runStatement<P extends Parameters, C extends Columns>(
  connection: Connection,
  { text, parameters, columns }: Statement<P, C>,
  values: ValuesOf<P>,
): Promise<RowOf<Statement<P, C>>[]> {
  const { rows } = await connection.query<Record<string, unknown>>(text, encoded(parameters, values))
  for (const [name, type] of Object.entries(columns)) {
    if (type.nullable && !type.decode) continue
    for (const row of rows) row[name] = decoded(name, type, row[name])
  }
  return rows as RowOf<Statement<P, C>>[]
}

function encoded(types: Parameters, values: readonly unknown[]): unknown[] {
  return values.map((value, i) => {
    const encode = types[i]?.encode as ((value: unknown) => unknown) | undefined
    return encode && value !== null ? encode(value) : value
  })
}

function decoded(name: string, { nullable, decode }: SqlType, value: unknown): unknown {
  if (value !== null && value !== undefined) return decode ? decode(value) : value
  if (nullable) return null
  throw new Error(`column ${name} is null, which its statement does not expect`)
}
