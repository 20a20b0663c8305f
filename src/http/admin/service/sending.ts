/** Whether all sending is held after a restore; holds it, and lets it go on. */
import { Type } from 'typebox'
import { isDay } from '../../../clock.js'
import { findHold } from '../../../db/continuity/hold.js'
import { whatWouldGoOut } from '../../../deliveries/editions/pass-over.js'
import { Problem } from '../../../errors.js'
import { holdAllSending, resumeSending } from '../../../operations/resume.js'
import type { Routes } from '../../contract/routes.js'
import { instant, orNull } from '../../contract/json-schemas.js'
import { authorOf } from '../guard/auth.js'
import { idempotencyKey, operation, postProblems, why } from '../guard/schemas.js'
import { reasonBody } from '../subscribers/subscriber-schemas.js'

const held = {
  since: instant,
  why: Type.String({ examples: ['An operator said that the database was restored.'] }),
}

const wouldGoOut = Type.Object(
  {
    editions: Type.Array(
      Type.Object({
        kind: Type.String(),
        period: Type.String(),
        mails: Type.Integer({ examples: [48_213] }),
      }),
    ),
    others: Type.Integer({ examples: [3], description: 'Confirmations, welcomes, notices and tests' }),
  },
  { description: 'What is due, and may have gone out before the database was put back' },
)

const from = Type.String({
  maxLength: 10,
  examples: ['now'],
  description:
    '`now`: all that was due is taken as gone out. A day: its edition is the first that goes out, as it had not before.',
})

export const sendingRoutes: Routes = async (app, { services }) => {
  const { db, clock } = services

  app.get(
    '/sending',
    {
      config: { scope: 'editions:read' },
      schema: operation({
        summary: 'Whether all sending is held after a restore',
        response: { 200: Type.Object({ hold: orNull(Type.Object({ ...held, wouldGoOut })) }) },
      }),
    },
    async () => {
      const hold = await findHold(db, db.witness)
      return { hold: hold && { ...hold, wouldGoOut: await whatWouldGoOut(db, clock.now()) } }
    },
  )

  app.post(
    '/sending/hold',
    {
      config: { scope: 'editions:send' },
      schema: operation({
        summary: 'Say that the database was restored: all sending is held until it is resumed',
        headers: idempotencyKey,
        body: reasonBody,
        response: { 200: Type.Object(held) },
        problems: [...postProblems],
      }),
    },
    (request) => holdAllSending(services, authorOf(request)),
  )

  app.post(
    '/sending/resume',
    {
      config: { scope: 'editions:send' },
      schema: operation({
        summary: 'Let sending go on that was held after a restore',
        headers: idempotencyKey,
        body: Type.Object({ from, reason: why }, { additionalProperties: false }),
        response: {
          200: Type.Object({
            from: instant,
            passedOver: Type.Integer({ examples: [2740], description: 'Mails that are taken as gone out' }),
          }),
        },
        problems: [...postProblems],
      }),
    },
    async (request) => {
      const { from } = request.body
      if (from !== 'now' && !isDay(from)) {
        throw new Problem('unprocessable', '`from` is `now`, or a day such as 2026-05-06.')
      }
      return resumeSending(services, from, authorOf(request))
    },
  )
}
