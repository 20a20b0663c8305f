/** The pages for readers: the front page, days and papers. */
import { Type } from 'typebox'
import { isDay } from '../../../clock.js'
import { Problem } from '../../../errors.js'
import { arxivId, isPaperId } from '../../../papers/arxiv-id.js'
import type { Routes } from '../../contract/routes.js'
import { htmlAnswer, moved, pageProblems, unchanged } from '../../contract/schemas.js'
import { dayPage, homePage } from './day.js'
import { paperPage } from './paper.js'
import { paperPath } from '../queries/paper-view.js'

export const pageRoutes: Routes = async (app, { services }) => {
  const { pages } = app

  app.get('/', { schema: homeSchema }, (request, reply) =>
    pages.send(request, reply, () => homePage(services)),
  )

  app.get('/papers/:name', { schema: namedSchema }, async (request, reply) => {
    const { name } = request.params
    if (isDay(name)) return pages.send(request, reply, () => dayPage(services, name))
    if (isPaperId(name)) return pages.send(request, reply, () => paperPage(services, name))
    const id = arxivId(name)
    if (id) return reply.redirect(paperPath(id), 301)
    throw new Problem('not-found', 'This is neither a day nor the id of a paper.')
  })

  app.get('/papers/:archive/:number', { schema: oldSchema }, async (request, reply) => {
    const { archive, number } = request.params
    const given = `${archive}/${number}`
    const id = arxivId(given)
    if (!id) throw new Problem('not-found', 'This is not the id of a paper.')
    if (id !== given) return reply.redirect(paperPath(id), 301)
    return pages.send(request, reply, () => paperPage(services, id))
  })
}

const homeSchema = {
  summary: 'Today’s papers and the signup form',
  tags: ['pages'],
  response: { 200: htmlAnswer('The front page'), 304: unchanged, ...pageProblems() },
}

const namedSchema = {
  summary: 'The papers of a day, or one paper',
  tags: ['pages'],
  params: Type.Object({
    name: Type.String({
      maxLength: 200,
      description: 'A day, or an arXiv id',
      examples: ['2026-08-05', '2608.10000'],
    }),
  }),
  response: {
    200: htmlAnswer('The day or the paper'),
    301: moved,
    304: unchanged,
    ...pageProblems('not-found'),
  },
}

const oldSchema = {
  summary: 'A paper whose arXiv id is of the old kind',
  tags: ['pages'],
  params: Type.Object({
    archive: Type.String({ maxLength: 50, examples: ['math'] }),
    number: Type.String({ maxLength: 50, examples: ['0309136'] }),
  }),
  response: { 200: htmlAnswer('The paper'), 301: moved, 304: unchanged, ...pageProblems('not-found') },
}
