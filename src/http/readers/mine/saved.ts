/** The page of the reading list. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { papersById } from '../../../papers/by-ids.js'
import type { Services } from '../../../services.js'
import { openLink } from '../../../subscribers/preferences/open-link.js'
import {
  endFeed,
  openFeed,
  readList,
  savedPapers,
  setReminder,
} from '../../../subscribers/feedback/reading-list.js'
import { say } from '../../../subscribers/feedback/feedback.js'
import { longDay } from '../../../format/readable.js'
import { utcDay } from '../../../clock.js'
import type { Routes } from '../../contract/routes.js'
import { htmlAnswer, pageProblems } from '../../contract/schemas.js'
import { paperView } from '../../public/queries/paper-view.js'
import { isForeign } from '../session/session.js'
import { type Fields, fieldsOf } from '../step/request.js'
import { showPage, showStep } from '../step/step.js'
import { foreign, refusalOf } from './refused.js'

/** Nobody reads more on one page. */
const most = 500

export const savedRoutes: Routes = async (app, { services }) => {
  app.addHook('preHandler', async (request, reply) =>
    request.method === 'POST' && isForeign(services, request) ? showStep(services, reply, foreign) : undefined,
  )
  app.get('/mine/:token/saved', { schema: pageSchema('What the reader saved') }, async (request, reply) => {
    const link = await openLink(services, 'mine', request.params.token)
    if (link.state !== 'valid') return showStep(services, reply, refusalOf(link.state))
    return show(services, reply, link.reader.id)
  })
  app.post('/mine/:token/saved', { schema: pageSchema('Change the reading list') }, async (request, reply) => {
    const link = await openLink(services, 'mine', request.params.token)
    if (link.state !== 'valid') return showStep(services, reply, refusalOf(link.state))
    const done = await act(services, request, link.reader.id)
    return show(services, reply, link.reader.id, done)
  })
}

/** @returns what was done, for the reader. */
async function act(services: Services, request: FastifyRequest, id: number): Promise<string> {
  const fields = fieldsOf(request)
  return services.db.transaction('request', async (tx) => {
    switch (fields['action']) {
      case 'remove':
        await say(tx, services.clock, id, [{ paperId: fields['paper'] ?? '', answer: answerIn(fields), saved: false }])
        return 'Taken off the list.'
      case 'open-feed':
        await openFeed(tx, services.secrets, id)
        return 'Here is the address of your feed. One that there was before works no more.'
      case 'end-feed':
        await endFeed(tx, id)
        return 'The feed’s address works no more.'
      case 'remind':
      case 'remind-not':
        await setReminder(tx, id, fields['action'] === 'remind')
        return fields['action'] === 'remind' ? 'A reminder comes on Fridays.' : 'No reminder comes any more.'
      default:
        return 'Nothing was changed.'
    }
  })
}

const answerIn = ({ answer }: Fields) => (answer === 'more' || answer === 'less' ? answer : null)

async function show(services: Services, reply: FastifyReply, id: number, done = ''): Promise<FastifyReply> {
  const { db, secrets, config } = services
  const saved = await savedPapers(db, id, most)
  const papers = await papersById(
    db,
    saved.map(({ paperId }) => paperId),
  )
  const when = new Map(saved.map((one) => [one.paperId, one]))
  const { reminder, feedToken } = await readList(db, secrets, id)
  return showPage(services, reply, 'pages/reader/saved.eta', {
    title: 'What you saved',
    done,
    papers: papers.map((paper) => ({
      ...paperView(paper),
      savedOn: longDay(utcDay(when.get(paper.id)?.savedAt ?? services.clock.now())),
      answer: when.get(paper.id)?.answer ?? 'none',
    })),
    reminder,
    feed: feedToken && `${config.publicUrl}/saved/${feedToken}/feed.xml`,
  })
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
