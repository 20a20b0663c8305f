/** The page of the reading list, by the link in each mail. */
import { Type } from 'typebox'
import { openLink } from '../../../subscribers/preferences/open-link.js'
import type { Routes } from '../../contract/routes.js'
import { htmlAnswer, pageProblems } from '../../contract/schemas.js'
import { isForeign } from '../session/session.js'
import { showStep } from '../step/step.js'
import { foreign, refusalOf } from './refused.js'
import { act } from './saved-actions.js'
import { showSaved } from './saved-page.js'

export const savedRoutes: Routes = async (app, { services }) => {
  app.addHook('preHandler', async (request, reply) =>
    request.method === 'POST' && isForeign(services, request)
      ? showStep(services, reply, foreign)
      : undefined,
  )
  app.get('/mine/:token/saved', { schema: pageSchema('What the reader saved') }, async (request, reply) => {
    const link = await openLink(services, 'mine', request.params.token)
    if (link.state !== 'valid') return showStep(services, reply, refusalOf(link.state))
    return showSaved(services, reply, link.reader.id)
  })
  app.post(
    '/mine/:token/saved',
    { schema: pageSchema('Change the reading list') },
    async (request, reply) => {
      const link = await openLink(services, 'mine', request.params.token)
      if (link.state !== 'valid') return showStep(services, reply, refusalOf(link.state))
      const done = await act(services, request, link.reader.id)
      return showSaved(services, reply, link.reader.id, done)
    },
  )
}

const params = Type.Object({ token: Type.String({ maxLength: 200 }) })

const pageSchema = (summary: string) => ({
  summary,
  description:
    'By the link in each mail. GET and HEAD change nothing. POST: `action` is remove (with `paper`), open-feed, end-feed, remind, remind-not.',
  tags: ['pages'],
  params,
  response: { 200: htmlAnswer('The page'), ...pageProblems('forbidden', 'not-found', 'gone') },
})
