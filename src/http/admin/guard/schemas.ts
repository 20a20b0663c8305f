/** Parts of the schemas of the operator's routes. */
import { Type } from 'typebox'
import { type problemKinds } from '../../contract/problem.js'
import { problems } from '../../contract/schemas.js'

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
