/** Subscribers: found, read with their history, added, changed. */
import { Type } from 'typebox'
import type { Routes } from '../../contract/routes.js'
import { authorOf } from '../guard/auth.js'
import { requireMatch, withEtag } from '../guard/etag.js'
import { changeProblems, idempotencyKey, ifMatch, operation, postProblems } from '../guard/schemas.js'
import { listOf } from '../../contract/json-schemas.js'
import { addSubscriber, changeSubscriber } from '../../../operations/subscribers/change.js'
import { inviteSubscriber } from '../../../operations/subscribers/invite.js'
import { listSubscribers } from '../../../operations/subscribers/list.js'
import { readHistory, readSubscriber } from '../../../operations/subscribers/read.js'
import { addition, byId, changes, history, listQuery, subscriber } from './subscriber-schemas.js'

const read = { scope: 'subscribers:read' } as const
const write = { scope: 'subscribers:write' } as const

export const subscriberRoutes: Routes = async (app, { services }) => {
  app.get(
    '/subscribers',
    {
      config: read,
      schema: operation({
        summary: 'Find subscribers',
        querystring: listQuery,
        response: { 200: listOf(subscriber) },
      }),
    },
    (request) => listSubscribers(services.db, request.query),
  )

  app.get(
    '/subscribers/:id',
    {
      config: read,
      schema: operation({
        summary: 'One subscriber',
        params: byId,
        response: { 200: subscriber },
        problems: ['not-found'],
      }),
    },
    async (request, reply) => withEtag(reply, await readSubscriber(services.db, request.params.id)),
  )

  app.get(
    '/subscribers/:id/history',
    {
      config: read,
      schema: operation({
        summary: 'Everything that happened: mails, consents, changes; the newest first',
        params: byId,
        response: { 200: history },
        problems: ['not-found'],
      }),
    },
    async (request) => {
      await readSubscriber(services.db, request.params.id)
      return readHistory(services.db, request.params.id)
    },
  )

  app.post(
    '/subscribers',
    {
      config: write,
      schema: operation({
        summary: 'Add a subscriber, with or without a confirmation',
        description: 'With `confirm` the answer is 202, the same for every address, as at the sign-up.',
        headers: idempotencyKey,
        body: addition,
        response: { 201: subscriber, 202: Type.Object({ status: Type.Literal('confirmation owed') }) },
        problems: [...postProblems],
      }),
    },
    async (request, reply) => {
      const { confirm, reason: _, ...input } = request.body
      const author = authorOf(request)
      if (!confirm) return reply.code(201).send(withEtag(reply, await addSubscriber(services, input, author)))
      await inviteSubscriber(services, input, author)
      return reply.code(202).send({ status: 'confirmation owed' as const })
    },
  )

  app.patch(
    '/subscribers/:id',
    {
      config: write,
      schema: operation({
        summary: 'Change what a subscriber gets, and when',
        headers: ifMatch,
        params: byId,
        body: changes,
        response: { 200: subscriber },
        problems: [...changeProblems],
      }),
    },
    async (request, reply) => {
      const { reason: _, ...change } = request.body
      const check = (row: object) => requireMatch(request, row)
      const changed = await services.db.transaction('request', (tx) =>
        changeSubscriber(tx, services, request.params.id, change, authorOf(request), check),
      )
      return withEtag(reply, changed)
    },
  )
}
