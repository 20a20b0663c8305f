/** Parts of the schemas of the operator's routes. */
import { type Static, type TSchema, Type } from 'typebox'
import { type problemKinds } from '../web/problem.js'
import { problems } from '../web/schemas.js'

type Code = keyof typeof problemKinds

type Parts = { summary: string; response: Record<number, unknown>; problems?: Code[] }

/** The schema of an operator's route: tagged, secured, with the refusals that each of them can meet. */
export function operation<const P extends Parts>(parts: P) {
  const { problems: own = [], response, ...rest } = parts
  const refusals = problems('unauthorized', 'forbidden', 'too-many-requests', ...own)
  return {
    ...rest,
    tags: ['admin'],
    security: [{ key: [] }],
    response: { ...refusals, ...response },
  }
}

/** The refusals of a POST, whose Idempotency-Key may clash. */
export const postProblems = [
  'conflict',
  'unprocessable',
  'content-too-large',
  'unsupported-media-type',
] as const
/** The refusals of a change under If-Match. */
export const changeProblems = [
  'not-found',
  'precondition-required',
  'precondition-failed',
  ...postProblems,
] as const

export const why = Type.Optional(
  Type.String({ minLength: 1, maxLength: 500, description: 'Why: goes into the audit log' }),
)

export const ifMatch = Type.Object({
  'if-match': Type.Optional(Type.String({ description: 'The ETag you read; 428 without one' })),
})

export const idempotencyKey = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({ description: 'Any text of your own; the same call again gets the same answer for a day' }),
  ),
})

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
