/** A reader's own pages, by the link in each of their mails: answers to papers, and what they saved. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Services } from '../../../services.js'
import { mailedPapers } from '../../../editions/personal/mail/own-edition.js'
import { readSaid } from '../../../subscribers/feedback/said.js'
import { say } from '../../../subscribers/feedback/say.js'
import { openLink } from '../../../subscribers/preferences/open-link.js'
import type { Routes } from '../../contract/routes.js'
import { htmlAnswer, pageProblems } from '../../contract/schemas.js'
import { publishedEdition } from '../../public/queries/published.js'
import { isForeign } from '../session/session.js'
import { fieldsOf, mayNotBeMeasured } from '../step/request.js'
import { showPage, showStep } from '../step/step.js'
import { recordPress } from '../../../deliveries/measuring/record.js'
import { answersForm, notedPage, type Pressed, saidIn } from './answers-form.js'
import { foreign, refusalOf } from './refused.js'

export const mineRoutes: Routes = async (app, { services }) => {
  app.addHook('preHandler', async (request, reply) =>
    request.method === 'POST' && isForeign(services, request)
      ? showStep(services, reply, foreign)
      : undefined,
  )
  app.get(
    '/mine/:token/:period',
    { schema: { ...schemaOf('The papers of an edition, to be answered to'), querystring: pressed } },
    async (request, reply) => {
      const link = await openLink(services, 'mine', request.params.token)
      if (link.state !== 'valid') return showStep(services, reply, refusalOf(link.state))
      return ask(services, reply, { reader: link.reader.id, period: request.params.period }, request.query)
    },
  )
  app.post('/mine/:token/:period', { schema: schemaOf('Answer to papers') }, async (request, reply) => {
    const link = await openLink(services, 'mine', request.params.token)
    if (link.state !== 'valid') return showStep(services, reply, refusalOf(link.state))
    return answer(services, request, reply, { reader: link.reader.id, period: request.params.period })
  })
}

type Whose = { reader: number; period: string }

async function ask(services: Services, reply: FastifyReply, { reader, period }: Whose, pressed: Pressed) {
  const edition = await publishedEdition(services.db, period)
  const papers = await mailedPapers(services.db, edition, reader)
  const said = await readSaid(
    services.db,
    reader,
    papers.map(({ id }) => id),
  )
  return showPage(services, reply, 'pages/reader/answers.eta', answersForm(edition, papers, said, pressed))
}

async function answer(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  { reader, period }: Whose,
) {
  const { db, clock } = services
  const edition = await publishedEdition(db, period)
  const papers = await mailedPapers(db, edition, reader)
  const said = saidIn(fieldsOf(request), papers)
  const places = new Map(papers.map(({ id, rank, cause }) => [id, { place: rank, reason: cause }]))
  const before = await db.transaction('request', (tx) =>
    say(tx, clock, reader, said, { editionId: edition.id, places }),
  )
  if (services.config.measure.clicks && !mayNotBeMeasured(request)) {
    await recordPress(db, { editionId: edition.id, subscriberId: reader }, clock.now())
  }
  return showPage(services, reply, 'pages/reader/noted.eta', notedPage(before, said, papers))
}

const token = Type.String({ maxLength: 200 })

const pressed = Type.Object({
  paper: Type.Optional(Type.String({ maxLength: 100, examples: ['2608.10000'] })),
  answer: Type.Optional(Type.String({ maxLength: 20, examples: ['more'] })),
})

const schemaOf = (summary: string) => ({
  summary,
  description:
    'By the link in each mail. GET and HEAD change nothing. POST: for each paper `answer:ID` (more, less, none) and `save:ID` (yes).',
  tags: ['pages'],
  params: Type.Object({
    token,
    period: Type.String({ maxLength: 20, description: 'A day, or an ISO week', examples: ['2026-08-05'] }),
  }),
  response: { 200: htmlAnswer('The page'), ...pageProblems('forbidden', 'not-found', 'gone') },
})
