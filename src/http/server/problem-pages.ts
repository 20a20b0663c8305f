/** Where the `type` of a problem leads: a page that says what the refusal means. */
import { Type } from 'typebox'
import { Problem } from '../../errors.js'
import { renderPage } from './page.js'
import { problemKinds } from '../contract/problem.js'
import type { Routes } from '../contract/routes.js'
import { htmlAnswer, pageProblems } from '../contract/schemas.js'

export const problemRoutes: Routes = async (app, { services }) => {
  app.get('/problems/:code', { schema }, async (request, reply) => {
    const kind = Object.entries(problemKinds).find(([code]) => code === request.params.code)?.[1]
    if (!kind) throw new Problem('not-found', 'There is no such kind of problem.')
    const page = { title: kind.title, path: '', noindex: true, code: request.params.code, kind }
    return reply.type('text/html; charset=utf-8').send(renderPage(services, 'pages/problem-kind.eta', page))
  })
}

const schema = {
  summary: 'What a problem type means',
  tags: ['service'],
  params: Type.Object({ code: Type.String({ maxLength: 50, examples: ['not-found'] }) }),
  response: { 200: htmlAnswer('The meaning of the type'), ...pageProblems('not-found') },
}
