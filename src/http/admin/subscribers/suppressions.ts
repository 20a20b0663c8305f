/** Suppressions: listed, added, lifted. */
import { Type } from 'typebox'
import type { Routes } from '../../contract/routes.js'
import { authorOf } from '../guard/auth.js'
import { idempotencyKey, operation, postProblems, why } from '../guard/schemas.js'
import { instant, listOf, orNull, paging } from '../../contract/json-schemas.js'
import { liftAddress, listSuppressions, suppressAddress } from '../../../operations/suppressions.js'

const suppression = Type.Object({
  id: Type.Integer(),
  email: orNull(Type.String({ description: 'Null for an erased address' })),
  reason: Type.Enum(['bounced', 'complained', 'manual', 'erased']),
  detail: orNull(Type.String()),
  createdAt: instant,
})

const addressBody = Type.Object(
  { email: Type.String({ minLength: 3, maxLength: 320 }), reason: why },
  { additionalProperties: false, examples: [{ email: 'ada@example.org', reason: 'asked by letter' }] },
)

export const suppressionRoutes: Routes = async (app, { services }) => {
  app.get(
    '/suppressions',
    {
      config: { scope: 'subscribers:read' },
      schema: operation({
        summary: 'Addresses that must not be mailed, the newest first',
        querystring: Type.Object(
          {
            ...paging,
            q: Type.Optional(Type.String({ maxLength: 254 })),
            reason: Type.Optional(Type.Enum(['bounced', 'complained', 'manual', 'erased'])),
          },
          { additionalProperties: false },
        ),
        response: { 200: listOf(suppression) },
      }),
    },
    (request) => listSuppressions(services.db, request.query),
  )

  const verbs = [
    {
      path: '/suppressions',
      summary: 'Never mail this address again',
      work: suppressAddress,
      status: 'suppressed',
    },
    {
      path: '/suppressions/lift',
      summary: 'Take an address off the list',
      work: liftAddress,
      status: 'lifted',
    },
  ] as const
  for (const { path, summary, work, status } of verbs) {
    app.post(
      path,
      {
        config: { scope: 'subscribers:write' },
        schema: operation({
          summary,
          headers: idempotencyKey,
          body: addressBody,
          response: { 200: Type.Object({ status: Type.Literal(status) }) },
          problems: ['not-found', ...postProblems],
        }),
      },
      async (request) => {
        await services.db.transaction('request', (tx) =>
          work(tx, services, request.body.email, authorOf(request)),
        )
        return { status }
      },
    )
  }
}
