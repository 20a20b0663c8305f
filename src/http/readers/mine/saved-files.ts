/** The reading list for programs: references, and a private feed. */
import { Type } from 'typebox'
import { Problem } from '../../../errors.js'
import { papersById } from '../../../papers/by-ids.js'
import { bibtex, ris } from '../../../papers/cite.js'
import type { Services } from '../../../services.js'
import { feedOwner } from '../../../subscribers/feedback/reading-list.js'
import { savedPapers } from '../../../subscribers/feedback/saved.js'
import { openLink } from '../../../subscribers/preferences/open-link.js'
import type { Routes } from '../../contract/routes.js'
import { pageProblems, textAnswer } from '../../contract/schemas.js'
import { savedFeed } from '../../public/feeds/saved-feed.js'
import { paperPath } from '../../public/queries/paper-view.js'
import { showStep } from '../step/step.js'
import { refusalOf } from './refused.js'

/** References in a file, and papers in the feed. */
const most = { references: 500, feed: 100 }

const references = {
  bibtex: { write: bibtex, type: 'application/x-bibtex', ending: 'bib' },
  ris: { write: ris, type: 'application/x-research-info-systems', ending: 'ris' },
}

export const savedFileRoutes: Routes = async (app, { services }) => {
  const { db } = services
  for (const form of ['bibtex', 'ris'] as const) {
    const { write, type, ending } = references[form]
    app.get(`/mine/:token/saved/${form}`, { schema: fileSchema(type) }, async (request, reply) => {
      const link = await openLink(services, 'mine', request.params.token)
      if (link.state !== 'valid') return showStep(services, reply, refusalOf(link.state))
      const papers = await papersOf(services, link.reader.id)
      return reply
        .type(`${type}; charset=utf-8`)
        .header('content-disposition', `attachment; filename="saved.${ending}"`)
        .header('cache-control', 'no-store')
        .send(papers.map((paper) => write(paper, services.config.publicUrl + paperPath(paper.id))).join('\n'))
    })
  }
  app.get('/saved/:token/feed.xml', { schema: feedSchema }, async (request, reply) => {
    const owner = await feedOwner(db, request.params.token)
    if (owner === null) throw new Problem('not-found', 'There is no such feed, or not any more.')
    const saved = await savedPapers(db, owner, most.feed)
    return reply
      .type('application/atom+xml; charset=utf-8')
      .header('cache-control', 'private, no-store')
      .send(
        savedFeed(
          services,
          await papersById(
            db,
            saved.map(({ paperId }) => paperId),
          ),
          saved,
        ),
      )
  })
}

const papersOf = async ({ db }: Pick<Services, 'db'>, id: number) =>
  papersById(
    db,
    (await savedPapers(db, id, most.references)).map(({ paperId }) => paperId),
  )

const params = Type.Object({ token: Type.String({ maxLength: 200 }) })

const fileSchema = (type: string) => ({
  summary: 'What the reader saved, as references',
  tags: ['pages'],
  params,
  response: { 200: textAnswer(type, 'An entry for each paper'), ...pageProblems('not-found', 'gone') },
})

const feedSchema = {
  summary: 'What one reader saved, as an Atom feed',
  description: 'Its address is secret, and its reader can end it.',
  tags: ['pages'],
  params,
  response: { 200: textAnswer('application/atom+xml', 'RFC 4287'), ...pageProblems('not-found') },
}
