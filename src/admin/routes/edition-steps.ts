/** What an operator does to an edition. */
import { Type } from 'typebox'
import { acceptAddress } from '../../subscribers/accept-address.js'
import type { Edition } from '../../editions/store.js'
import { inTransaction } from '../../db/client.js'
import type { Routes } from '../../web/routes.js'
import { writeAudit } from '../audit.js'
import { authorOf } from '../auth.js'
import { findEdition, nextStep } from '../editions/find.js'
import { previewMessage } from '../editions/preview.js'
import * as steps from '../editions/steps.js'
import { idempotencyKey, instant, operation, postProblems, why } from '../schemas.js'
import { byPeriod, edition, retryBody } from './edition-schemas.js'
import { reasonBody } from './subscriber-schemas.js'

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
        summary: 'Send one test mail at once, outside the ledger',
        headers: idempotencyKey,
        params: byPeriod,
        body: Type.Object(
          { to: Type.String({ minLength: 3, maxLength: 320 }), reason: why },
          { additionalProperties: false, examples: [{ to: 'me@example.org' }] },
        ),
        response: {
          200: Type.Object({ outcome: Type.String(), relay: Type.String(), reply: Type.String() }),
        },
        problems: ['not-found', 'unavailable', ...postProblems],
      }),
    },
    async (request) => {
      const { period } = request.params
      const { email } = await acceptAddress(services, request.body.to)
      const found = await findEdition(services.db.sql, period)
      const { envelope, message } = await previewMessage(services, found, { address: email })
      const tried = await services.mailer.send(envelope, message)
      const change = {
        action: 'edition.tested',
        target: `edition:${period}`,
        after: { outcome: tried.outcome },
      }
      await inTransaction(services.db, (query) =>
        writeAudit(query, services.clock, authorOf(request), change),
      )
      const reply = 'reply' in tried ? tried.reply : tried.fault
      return { outcome: tried.outcome, relay: tried.relay ?? 'none', reply }
    },
  )

  app.post(
    '/editions/:period/retry',
    {
      config: send,
      schema: operation({
        summary: 'Make deliveries that were given up due again',
        headers: idempotencyKey,
        params: byPeriod,
        body: retryBody,
        response: { 200: Type.Object({ retried: Type.Integer() }) },
        problems: ['not-found', ...postProblems],
      }),
    },
    (request) => {
      const { statuses, domain } = request.body
      const options = { statuses, ...(domain ? { domain: domain.toLowerCase() } : {}) }
      return steps.retryDeliveries(services, request.params.period, options, authorOf(request))
    },
  )
}
