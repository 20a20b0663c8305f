/** What columns and parameters of checked statements are: Postgres's type, and what it is in TypeScript. */
import type { Static, TSchema } from 'typebox'
import { Check } from 'typebox/value'
import { jsonText } from '../../format/text/storable.js'

/** One type of Postgres (`pg_type.typname`), read as `Out` and given as `In`. */
export type SqlType<Out = unknown, In = never> = {
  readonly name: string
  readonly nullable: boolean
  /** The column may be null in its table, and cannot be in these rows. */
  readonly asserted?: boolean
  /** From what pg makes of it; throws for what is not of the type. */
  readonly decode?: ((value: unknown) => unknown) | undefined
  readonly encode?: ((value: In) => unknown) | undefined
  /** Never there: carries the types. */
  readonly types?: { out: Out; in: (value: In) => void }
}

type Coding = Pick<SqlType<never>, 'decode' | 'encode'>

const type = <Out, In = Out>(name: string, coding: Coding = {}): SqlType<Out, In> => ({
  name,
  nullable: false,
  ...(coding as Pick<SqlType<Out, In>, 'decode' | 'encode'>),
})

export const text = type<string>('text')
export const boolean = type<boolean>('bool')
export const smallint = type<number>('int2')
export const int = type<number>('int4')
/** A bigint as text, so that no digit is lost. */
export const bigint = type<string, string | number | bigint>('int8')
/** A bigint that is small, such as what count() gives. */
export const count = type<number>('int8', { decode: countOf })
export const float = type<number>('float8')
export const uuid = type<string>('uuid')
export const bytes = type<Buffer>('bytea')
/** Bits, as text of `0` and `1`. */
export const varbit = type<string>('varbit')
export const timestamptz = type<Date, Date | string>('timestamptz', { decode: dateOf })
/** A calendar day as `YYYY-MM-DD`. */
export const day = type<string>('date', { decode: dayOf })
/** An interval, given as text: `30 days`. */
export const interval = type<never, string>('interval')

export const texts = type<string[]>('_text')
export const ints = type<number[]>('_int4')
export const bigints = type<string[], (string | number | bigint)[]>('_int8')
export const smallints = type<(number | null)[]>('_int2')
export const floats = type<number[]>('_float8')
export const booleans = type<boolean[]>('_bool')
export const uuids = type<string[]>('_uuid')
export const bytesList = type<Buffer[]>('_bytea')
export const timestamps = type<Date[], (Date | string | null)[]>('_timestamptz')
/** Calendar days of which some may be null, as parameters of `unnest`. */
export const days = type<never, (string | null)[]>('_date')
/** Texts of which some may be null, as parameters of `unnest`. */
export const textsOrNulls = type<(string | null)[]>('_text')
export const bytesOrNulls = type<(Buffer | null)[]>('_bytea')

/** Text that is one of these. */
export const oneOf = <const V extends string>(values: readonly V[]): SqlType<V, V> =>
  type<V>('text', {
    decode: (value: unknown) => {
      if (values.includes(value as V)) return value
      throw new Error(`${JSON.stringify(value)} is none of ${values.join(', ')}`)
    },
  })

/**
 * jsonb of that shape, which is checked in each row. `NoInfer`, since the compiler would take 45 seconds to find a
 * schema from the type that its place expects.
 */
export const json = <S extends TSchema>(schema: S): SqlType<NoInfer<Static<S>>, unknown> =>
  type<Static<S>, unknown>('jsonb', {
    decode: (value: unknown) => {
      if (Check(schema, value)) return value
      throw new Error('a JSON column has another shape than its schema')
    },
    encode: jsonText,
  })

/** What EXPLAIN (FORMAT JSON) gives, of that shape. */
export const plan = <S extends TSchema>(schema: S): SqlType<NoInfer<Static<S>>> => ({
  ...json(schema),
  name: 'json',
})

/** A list of JSON values, as a parameter of `unnest`. */
export const jsons = type<unknown[]>('_jsonb', {
  encode: (values: unknown[]) => values.map((value) => (value === null ? null : jsonText(value))),
})

/** May be null. */
export const nullable = <Out, In>(inner: SqlType<Out, In>): SqlType<Out | null, In | null> => ({
  ...(inner as unknown as SqlType<Out | null, In | null>),
  nullable: true,
})

/** May be null in its table, but not in these rows: the statement sees to that, and each row is checked. */
export const present = <Out, In>(inner: SqlType<Out, In>): SqlType<Out, In> => ({ ...inner, asserted: true })

function countOf(value: unknown): number {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  throw new Error(`${String(value)} is too large for a number`)
}

function dateOf(value: unknown): Date {
  if (value instanceof Date) return value
  throw new Error(`${String(value)} is no time`)
}

/** pg gives midnight in the zone of the process. */
function dayOf(value: unknown): string {
  const date = dateOf(value)
  const two = (part: number) => String(part).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
