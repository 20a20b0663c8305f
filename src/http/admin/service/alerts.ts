/** Alerts: listed with what became of telling them, tried out; the secrets of their webhooks. */
import { Type } from 'typebox'
import type { Routes } from '../../contract/routes.js'
import { listAlerts } from '../../../operations/alerts/store.js'
import { testAlert } from '../../../operations/alerts/try.js'
import { rotateSecret, showSecret } from '../../../operations/webhooks/webhook-secret.js'
import { authorOf } from '../guard/auth.js'
import { decodeCursor } from '../../../format/cursor.js'
import { idempotencyKey, operation, postProblems, why } from '../guard/schemas.js'
import { instant, listOf, orNull, paging } from '../../contract/json-schemas.js'
import { reasonBody } from '../subscribers/subscriber-schemas.js'

const alert = Type.Object({
  id: Type.Integer(),
  kind: Type.String({
    examples: [
      'sending-held',
      'no-worker',
      'job-stalled',
      'edition-held',
      'dead-man',
      'source-failing',
      'relay-down',
      'mail-at-fault',
      'proxy-unnamed',
      'public-url',
      'database-away',
      'database-restarted',
      'clock-off',
      'webhook-failing',
      'test',
    ],
  }),
  cause: Type.String(),
  text: Type.String(),
  at: instant,
  clearedAt: orNull(instant),
  sends: Type.Array(
    Type.Object({
      place: Type.String({ description: '`mailto:` and an address, or the URL of a webhook' }),
      status: Type.String({
        description: 'A webhook’s: due, taken, given_up; a mail’s as the ledger has it',
      }),
      attempts: Type.Integer(),
      fault: orNull(Type.String()),
    }),
  ),
})

const url = Type.String({ pattern: '^https?://[^\\s]{1,1000}$', description: 'As the settings have it' })
const secret = Type.Object({
  url,
  secret: Type.String({
    description: 'What a receiver checks signatures with, as standardwebhooks.com describes',
  }),
})

export const alertRoutes: Routes = async (app, { services }) => {
  app.get(
    '/alerts',
    {
      config: { scope: 'editions:read' },
      schema: operation({
        summary: 'Alerts and whether they arrived, the newest first',
        querystring: Type.Object(
          {
            ...paging,
            open: Type.Optional(Type.Boolean({ description: 'Whose cause is there still, or is gone' })),
          },
          { additionalProperties: false },
        ),
        response: { 200: listOf(alert) },
      }),
    },
    (request) => {
      const { cursor, limit, open } = request.query
      const before = cursor === undefined ? null : (decodeCursor(cursor, 'int')[0] ?? null)
      return listAlerts(services.db, { before, limit, ...(open !== undefined && { open }) })
    },
  )

  app.post(
    '/alerts/test',
    {
      config: { scope: 'editions:write' },
      schema: operation({
        summary: 'Tell every place that alerts go to that this is a test',
        description: 'Whether it arrived is told by `GET /alerts`.',
        headers: idempotencyKey,
        body: reasonBody,
        response: {
          202: Type.Object({ id: Type.Integer(), emails: Type.Integer(), webhooks: Type.Integer() }),
        },
        problems: [...postProblems],
      }),
    },
    async (request, reply) => reply.code(202).send(await testAlert(services, authorOf(request))),
  )

  app.post(
    '/webhooks/secret',
    {
      config: { scope: 'keys:write' },
      schema: operation({
        summary: 'Show what the receiver at a URL checks our signatures with',
        headers: idempotencyKey,
        body: Type.Object(
          { url, reason: why },
          { additionalProperties: false, examples: [{ url: 'https://ops.example.org/hook' }] },
        ),
        response: { 200: secret },
        problems: ['not-found', ...postProblems],
      }),
    },
    async (request) => {
      const { url } = request.body
      const secret = await services.db.transaction('request', (tx) =>
        showSecret(tx, services, url, authorOf(request)),
      )
      return { url, secret }
    },
  )

  app.post(
    '/webhooks/rotate',
    {
      config: { scope: 'keys:write' },
      schema: operation({
        summary: 'Make a new secret for a webhook; for a while calls are signed with the old one too',
        headers: idempotencyKey,
        body: Type.Object(
          {
            url,
            graceSeconds: Type.Integer({ minimum: 0, maximum: 7_776_000, default: 86_400 }),
            reason: why,
          },
          {
            additionalProperties: false,
            examples: [{ url: 'https://ops.example.org/hook', graceSeconds: 3600 }],
          },
        ),
        response: { 201: secret },
        problems: ['not-found', ...postProblems],
      }),
    },
    async (request, reply) => {
      const { url, graceSeconds } = request.body
      const made = await services.db.transaction('request', (tx) =>
        rotateSecret(tx, services, url, graceSeconds, authorOf(request)),
      )
      return reply.code(201).send({ url, secret: made })
    },
  )
}
