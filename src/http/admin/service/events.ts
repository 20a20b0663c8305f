/** Events of readers and editions: what webhooks were told, and telling it again. */
import { Type } from 'typebox'
import { columnValues } from '../../../db/queries/columns.js'
import { decodeCursor } from '../../../format/cursor.js'
import { listEvents, replayEvents } from '../../../operations/webhooks/events.js'
import { instant, listOf, orNull, paging } from '../../contract/json-schemas.js'
import type { Routes } from '../../contract/routes.js'
import { authorOf } from '../guard/auth.js'
import { idempotencyKey, operation, postProblems, why } from '../guard/schemas.js'

const { event, eventSend } = columnValues
const id = Type.String({ pattern: '^[1-9]\\d{0,17}$' })
const type = Type.Enum([...event.type])

const told = Type.Object({
  id,
  type,
  at: instant,
  subscriberId: orNull(Type.Integer()),
  editionId: orNull(Type.Integer()),
  sends: Type.Array(
    Type.Object({
      place: Type.String({ description: 'The URL of the webhook' }),
      status: Type.Enum([...eventSend.status]),
      attempts: Type.Integer(),
      dueAt: orNull(instant),
      settledAt: orNull(instant),
      fault: orNull(Type.String()),
    }),
  ),
})

const replayed = Type.Object({ calls: Type.Integer({ description: 'How many calls are due again' }) })

export const eventRoutes: Routes = async (app, { services }) => {
  const { db, clock } = services
  app.get(
    '/events',
    {
      config: { scope: 'editions:read' },
      schema: operation({
        summary: 'What webhooks were told of readers and editions, the newest first',
        description: 'Which webhooks are told of what stands in the settings, below `events`.',
        querystring: Type.Object(
          {
            ...paging,
            type: Type.Optional(type),
            status: Type.Optional(
              Type.Enum([...eventSend.status], { description: 'Of the call of one webhook at least' }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 200: listOf(told) },
      }),
    },
    (request) => {
      const { cursor, limit, type: wanted, status } = request.query
      const before = cursor === undefined ? null : (decodeCursor(cursor, 'bigint')[0] ?? null)
      return listEvents(db, { type: wanted, status, before, limit })
    },
  )

  app.post(
    '/events/:id/replay',
    {
      config: { scope: 'editions:write' },
      schema: operation({
        summary: 'Tell the webhooks of an event again, under the id that it had',
        params: Type.Object({ id }),
        headers: idempotencyKey,
        body: Type.Object({ reason: why }, { additionalProperties: false }),
        response: { 202: replayed },
        problems: ['not-found', ...postProblems],
      }),
    },
    async (request, reply) => {
      const { id: one } = request.params
      const calls = await db.transaction('request', (tx) =>
        replayEvents(tx, clock, { id: one, givenUp: false }, authorOf(request)),
      )
      return reply.code(202).send({ calls })
    },
  )

  app.post(
    '/events/replay',
    {
      config: { scope: 'editions:write' },
      schema: operation({
        summary: 'Tell webhooks of all events of a span again, or of those alone that were given up',
        headers: idempotencyKey,
        body: Type.Object(
          {
            since: instant,
            until: Type.Optional(instant),
            givenUp: Type.Boolean({ default: true, description: 'Those alone that no webhook took' }),
            reason: why,
          },
          {
            additionalProperties: false,
            examples: [{ since: '2026-08-04T09:00:00Z', givenUp: true, reason: 'the receiver was down' }],
          },
        ),
        response: { 202: replayed },
        problems: [...postProblems],
      }),
    },
    async (request, reply) => {
      const { since, until, givenUp } = request.body
      const span = { since: new Date(since), ...(until !== undefined && { until: new Date(until) }), givenUp }
      const calls = await db.transaction('bulk', (tx) => replayEvents(tx, clock, span, authorOf(request)))
      return reply.code(202).send({ calls })
    },
  )
}
