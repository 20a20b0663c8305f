/** Keys: list, make, rotate, revoke. */
import { Type } from 'typebox'
import type { Routes } from '../../contract/routes.js'
import { authorOf } from '../guard/auth.js'
import { createKey, listKeys, revokeKey, rotateKey } from '../../../operations/keys/keys.js'
import { idempotencyKey, operation, postProblems, why } from '../guard/schemas.js'
import { instant, orNull } from '../../contract/json-schemas.js'
import { scopes } from '../../../operations/keys/scopes.js'

const config = { scope: 'keys:write' } as const
const scope = Type.Enum([...scopes, '*'])

const keyInfo = Type.Object({
  id: Type.String(),
  name: Type.String(),
  masked: Type.String({ examples: ['dp_1a2b3c4d…'] }),
  scopes: Type.Array(scope),
  replaces: orNull(Type.String()),
  createdAt: instant,
  expiresAt: orNull(instant),
  lastUsedAt: orNull(instant),
  revokedAt: orNull(instant),
  state: Type.Enum(['valid', 'expired', 'revoked']),
})

const madeKey = Type.Object({
  key: Type.String({ description: 'Shown this once; kept nowhere' }),
  info: keyInfo,
})

const byId = Type.Object({ id: Type.String({ pattern: '^[0-9a-z]{8}$' }) })

export const keyRoutes: Routes = async (app, { services: { db, clock } }) => {
  app.get(
    '/keys',
    {
      config,
      schema: operation({
        summary: 'Every key, without its secret',
        response: { 200: Type.Object({ items: Type.Array(keyInfo) }) },
      }),
    },
    async () => ({ items: await listKeys(db, clock) }),
  )

  app.post(
    '/keys',
    {
      config,
      schema: operation({
        summary: 'Make a key',
        headers: idempotencyKey,
        body: Type.Object(
          {
            name: Type.String({ minLength: 1, maxLength: 100 }),
            scopes: Type.Array(scope, { minItems: 1, uniqueItems: true }),
            expiresAt: Type.Optional(orNull(instant)),
            reason: why,
          },
          { additionalProperties: false, examples: [{ name: 'ci', scopes: ['papers:read'] }] },
        ),
        response: { 201: madeKey },
        problems: [...postProblems],
      }),
    },
    async (request, reply) => {
      const { name, scopes, expiresAt } = request.body
      const end = expiresAt ? new Date(expiresAt) : null
      const input = { name, scopes, expiresAt: end }
      const made = await db.transaction('request', (tx) => createKey(tx, clock, input, authorOf(request)))
      return reply.code(201).send(made)
    },
  )

  app.post(
    '/keys/:id/rotate',
    {
      config,
      schema: operation({
        summary: 'Make a key that takes over from another; both are valid for a while',
        headers: idempotencyKey,
        params: byId,
        body: Type.Object(
          { graceSeconds: Type.Integer({ minimum: 0, maximum: 7_776_000, default: 86_400 }), reason: why },
          { additionalProperties: false, examples: [{ graceSeconds: 3600 }] },
        ),
        response: { 201: madeKey },
        problems: ['not-found', ...postProblems],
      }),
    },
    async (request, reply) => {
      const { params, body } = request
      const made = await db.transaction('request', (tx) =>
        rotateKey(tx, clock, params.id, body.graceSeconds, authorOf(request)),
      )
      return reply.code(201).send(made)
    },
  )

  app.delete(
    '/keys/:id',
    {
      config,
      schema: operation({
        summary: 'Revoke a key at once',
        params: byId,
        querystring: Type.Object({ reason: why }),
        response: { 200: keyInfo },
        problems: ['not-found'],
      }),
    },
    (request) =>
      db.transaction('request', (tx) => revokeKey(tx, clock, request.params.id, authorOf(request))),
  )
}
