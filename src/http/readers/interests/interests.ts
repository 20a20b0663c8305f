/** What a reader follows and mutes: the page, and the page of one paper's authors and topics. */
import { Type } from 'typebox'
import { longestLabel } from '../../../subscribers/interests/interest.js'
import { mineUrl } from '../../../subscribers/links.js'
import { readEpoch } from '../../../subscribers/preferences/open-link.js'
import type { Routes } from '../../contract/routes.js'
import { htmlAnswer, pageProblems } from '../../contract/schemas.js'
import { closed } from '../session/closed.js'
import { isForeign, sessionOf } from '../session/session.js'
import { showStep } from '../step/step.js'
import { change, show } from './interests-actions.js'

/** Of a file of references. */
const fileBytes = 2_000_000

export const interestRoutes: Routes = async (app, { services }) => {
  app.addHook('preHandler', async (request, reply) => {
    const foreign = request.method === 'POST' && isForeign(services, request)
    return foreign ? showStep(services, reply, closed) : undefined
  })
  app.get(
    '/preferences/interests',
    { schema: schemaOf('What the reader follows') },
    async (request, reply) => {
      const id = await sessionOf(services, request)
      return id === null ? showStep(services, reply, closed) : show(services, reply, id, {})
    },
  )
  app.get(
    '/preferences/follow',
    { schema: { ...schemaOf('What to follow of a paper, or of a search'), querystring: followed } },
    async (request, reply) => {
      const id = await sessionOf(services, request)
      return id === null ? showStep(services, reply, closed) : show(services, reply, id, request.query)
    },
  )
  app.get('/preferences/saved', { schema: savedSchema }, async (request, reply) => {
    const id = await sessionOf(services, request)
    const epoch = id === null ? null : await readEpoch(services.db, id)
    if (id === null || epoch === null) return showStep(services, reply, closed)
    const mine = mineUrl(services.secrets, '', { id, epoch }, services.clock.now())
    return reply.header('cache-control', 'no-store').redirect(`${mine}/saved`, 303)
  })
  app.post(
    '/preferences/interests',
    {
      schema: schemaOf('Follow, mute, or neither'),
      config: { fileBytes },
      bodyLimit: fileBytes + 100_000,
    },
    async (request, reply) => {
      const id = await sessionOf(services, request)
      return id === null ? showStep(services, reply, closed) : change(services, request, reply, id)
    },
  )
}

const savedSchema = {
  summary: 'To what the reader saved',
  tags: ['pages'],
  response: {
    303: htmlAnswer('To the list, by a link of the reader’s own'),
    ...pageProblems('unauthorized'),
  },
}

const followed = Type.Object({
  paper: Type.Optional(Type.String({ maxLength: 100, examples: ['2608.10000'] })),
  name: Type.Optional(
    Type.String({
      maxLength: longestLabel,
      description: 'What was searched for',
      examples: ['Ada Lovelace'],
    }),
  ),
})

const schemaOf = (summary: string) => ({
  summary,
  description:
    'Needs the cookie of the preferences. GET and HEAD change nothing. POST: `action` is follow or mute (with `kind` and `label`), remove (with `n`), examples (with `references` or a `file`), forget-examples.',
  tags: ['pages'],
  response: {
    200: htmlAnswer('The page'),
    ...pageProblems('unauthorized', 'not-found', 'gone', 'unprocessable', 'content-too-large'),
  },
})
