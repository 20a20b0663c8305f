/** What takes a subscriber off the list: unsubscribing, suppressing, erasing. */
import { Type } from 'typebox'
import type { Tx } from '../../../db/client.js'
import type { Routes } from '../../contract/routes.js'
import { authorOf } from '../guard/auth.js'
import { withEtag } from '../guard/etag.js'
import { idempotencyKey, operation, postProblems, why } from '../guard/schemas.js'
import {
  eraseByOperator,
  suppressSubscriber,
  unsubscribeByOperator,
} from '../../../operations/subscribers/change.js'
import { byId, reasonBody, subscriber } from './subscriber-schemas.js'

const config = { scope: 'subscribers:write' } as const
const steps = [
  { verb: 'unsubscribe', summary: 'End a subscription', work: unsubscribeByOperator },
  { verb: 'suppress', summary: 'Never mail this address again', work: suppressSubscriber },
]

export const subscriberStepRoutes: Routes = async (app, { services }) => {
  for (const { verb, summary, work } of steps) {
    app.post(
      `/subscribers/:id/${verb}`,
      {
        config,
        schema: operation({
          summary,
          headers: idempotencyKey,
          params: byId,
          body: reasonBody,
          response: { 200: subscriber },
          problems: ['not-found', ...postProblems],
        }),
      },
      async (request, reply) => {
        const step = (tx: Tx) => work(tx, services, request.params.id, authorOf(request))
        return withEtag(reply, await services.db.transaction('request', step))
      },
    )
  }

  app.delete(
    '/subscribers/:id',
    {
      config,
      schema: operation({
        summary: 'Erase a subscriber: everything personal goes, the address stays suppressed by its hash',
        params: byId,
        querystring: Type.Object({ reason: why }, { additionalProperties: false }),
        response: { 200: Type.Object({ status: Type.Literal('erased') }) },
        problems: ['not-found'],
      }),
    },
    async (request) => {
      await eraseByOperator(services, request.params.id, authorOf(request))
      return { status: 'erased' as const }
    },
  )
}
