/** A personal edition in the browser, by the signed link of its mail. */
import { Type } from 'typebox'
import { ownEditionPage } from '../../../editions/personal/mail/own-edition.js'
import { openLink } from '../../../subscribers/preferences/open-link.js'
import type { Routes } from '../../contract/routes.js'
import { htmlAnswer, pageProblems } from '../../contract/schemas.js'
import { mailPolicy } from '../../public/pages/editions.js'
import { publishedEdition } from '../../public/queries/published.js'
import { showStep } from '../step/step.js'
import { refusalOf } from './refused.js'

export const ownEditionRoutes: Routes = async (app, { services }) => {
  const { db, config } = services
  app.get(
    '/mine/:token/:period/edition',
    { schema, config: { contentSecurityPolicy: mailPolicy } },
    async (request, reply) => {
      const { token, period } = request.params
      const link = await openLink(services, 'mine', token)
      if (link.state !== 'valid') return showStep(services, reply, refusalOf(link.state))
      const edition = await publishedEdition(db, period)
      const page = await ownEditionPage(db, edition, link.reader.id, config.publicUrl)
      if (page === null) return reply.redirect(`/editions/${edition.period}`, 303)
      return reply.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(page)
    },
  )
}

const schema = {
  summary: 'A reader’s own edition as it was mailed',
  tags: ['pages'],
  params: Type.Object({
    token: Type.String({ maxLength: 200 }),
    period: Type.String({ maxLength: 20, description: 'A day, or an ISO week', examples: ['2026-08-05'] }),
  }),
  response: {
    200: htmlAnswer('The mail as a page'),
    303: htmlAnswer('To the common edition, which they had'),
    ...pageProblems('not-found', 'gone'),
  },
}
