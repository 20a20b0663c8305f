/** What an operator does to an edition. */
import { Type } from 'typebox'
import { sendingParts } from '../../../deliveries/sender/create-sender.js'
import type { Edition } from '../../../editions/store.js'
import type { Routes } from '../../contract/routes.js'
import { authorOf } from '../guard/auth.js'
import { nextStep } from '../../../operations/editions/find.js'
import * as steps from '../../../operations/editions/steps.js'
import { sendTest } from '../../../operations/editions/test-send.js'
import { idempotencyKey, operation, postProblems, why } from '../guard/schemas.js'
import { instant } from '../../contract/json-schemas.js'
import { byPeriod, edition, retryBody, sentNow } from './edition-schemas.js'
import { reasonBody } from '../subscribers/subscriber-schemas.js'

const write = { scope: 'editions:write' } as const
const send = { scope: 'editions:send' } as const

const verbs = [
  {
    verb: 'build',
    config: write,
    work: steps.rebuildEdition,
    summary: 'Build it, or build it anew while it is not frozen',
  },
  { verb: 'hold', config: write, work: steps.hold, summary: 'Keep it from going out until it is approved' },
  {
    verb: 'approve',
    config: write,
    work: steps.approve,
    summary: 'Freeze it and let it go; a held one needs a reason',
  },
  { verb: 'send', config: send, work: steps.sendNow, summary: 'Send it now; a held one needs a reason' },
  { verb: 'pause', config: send, work: steps.pause, summary: 'Stop sending within seconds' },
  { verb: 'resume', config: send, work: steps.resume, summary: 'Go on sending' },
  { verb: 'cancel', config: send, work: steps.cancel, summary: 'Never send the rest of it; needs a reason' },
]

export const editionStepRoutes: Routes = async (app, { services }) => {
  const parts = sendingParts(services)
  const shown = (found: Edition) => ({ ...found, next: nextStep(found, services.clock.now()) })

  for (const { verb, config, work, summary } of verbs) {
    app.post(
      `/editions/:period/${verb}`,
      {
        config,
        schema: operation({
          summary,
          headers: idempotencyKey,
          params: byPeriod,
          body: reasonBody,
          response: { 200: edition },
          problems: ['not-found', ...postProblems],
        }),
      },
      async (request) => shown(await work(services, request.params.period, authorOf(request))),
    )
  }

  app.post(
    '/editions/:period/schedule',
    {
      config: write,
      schema: operation({
        summary: 'Set the time at which it goes out',
        headers: idempotencyKey,
        params: byPeriod,
        body: Type.Object(
          { sendAt: instant, reason: why },
          { additionalProperties: false, examples: [{ sendAt: '2026-08-05T07:30:00Z' }] },
        ),
        response: { 200: edition },
        problems: ['not-found', ...postProblems],
      }),
    },
    async (request) => {
      const at = new Date(request.body.sendAt)
      return shown(await steps.schedule(services, request.params.period, at, authorOf(request)))
    },
  )

  app.post(
    '/editions/:period/test',
    {
      config: send,
      schema: operation({
        summary: 'Send one copy to an address of your own at once',
        description:
          'A delivery of its own kind, which counts in no report. What the relay defers goes on by itself.',
        headers: idempotencyKey,
        params: byPeriod,
        body: Type.Object(
          { to: Type.String({ minLength: 3, maxLength: 320 }), reason: why },
          { additionalProperties: false, examples: [{ to: 'me@example.org' }] },
        ),
        response: { 200: sentNow },
        problems: ['not-found', ...postProblems],
      }),
    },
    async (request) => {
      const { period } = request.params
      const sent = await sendTest(parts, period, request.body.to, authorOf(request))
      const { deliveryId, status, relay, reply } = sent
      return { deliveryId, outcome: status, relay: relay ?? 'none', reply: reply ?? '' }
    },
  )

  app.post(
    '/editions/:period/retry',
    {
      config: send,
      schema: operation({
        summary: 'Make deliveries due again: those that were given up, or those that are asked for',
        headers: idempotencyKey,
        params: byPeriod,
        body: retryBody,
        response: { 200: Type.Object({ retried: Type.Integer() }) },
        problems: ['not-found', ...postProblems],
      }),
    },
    (request) => {
      const { only, domain } = request.body
      const options = { only, ...(domain ? { domain: domain.toLowerCase() } : {}) }
      return steps.retry(services, request.params.period, options, authorOf(request))
    },
  )
}
