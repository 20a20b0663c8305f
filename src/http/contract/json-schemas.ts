/** Parts of the schemas that the public and the operator's API share: instants, days, null, pages of lists. */
import { type Static, type TSchema, Type } from 'typebox'

export const instant = Type.String({ format: 'date-time', description: 'RFC 3339 in UTC' })
export const day = Type.String({ format: 'date', examples: ['2026-08-04'] })

/**
 * The schema or null. Of a union the validator would try the first member with a null made to fit: 0, or
 * an empty text; of two types in one it takes the one that is there.
 */
export function orNull<T extends TSchema>(schema: T) {
  const plain = schema as { type?: unknown; enum?: unknown }
  const both =
    typeof plain.type === 'string' && !plain.enum
      ? { ...schema, type: [plain.type, 'null'] }
      : { anyOf: [schema, { type: 'null' }] }
  return Type.Unsafe<Static<T> | null>(both)
}

/** The query of a list that pages. */
export const paging = {
  cursor: Type.Optional(Type.String({ maxLength: 1000, description: '`next` of the page before' })),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
}

export const listOf = <T extends TSchema>(item: T) =>
  Type.Object({
    items: Type.Array(item),
    next: orNull(Type.String({ description: 'The cursor of the next page; null on the last' })),
  })
