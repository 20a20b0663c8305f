/** What search engines ask for: robots.txt and site maps, one for each month. */
import { Type } from 'typebox'
import { Problem } from '../../../errors.js'
import { renderTemplate } from '../../../format/templates.js'
import { listedBetween, listedMonths } from '../../../papers/months.js'
import type { Services } from '../../../services.js'
import { spanOfMonth } from '../queries/days-asked.js'
import { paperPath } from '../queries/paper-view.js'
import type { Routes } from '../../contract/routes.js'
import { problems, textAnswer, unchanged } from '../../contract/schemas.js'

const xml = 'application/xml; charset=utf-8'

export const siteFileRoutes: Routes = async (app, { services }) => {
  const { pages } = app
  const { publicUrl } = services.config

  app.get('/robots.txt', { schema: robotsSchema }, (request, reply) =>
    pages.send(request, reply, async () => robots(publicUrl), 'text/plain; charset=utf-8'),
  )
  app.get('/sitemap.xml', { schema: indexSchema }, (request, reply) =>
    pages.send(request, reply, () => siteMapIndex(services), xml),
  )
  app.get('/sitemaps/:month', { schema: monthSchema }, (request, reply) =>
    pages.send(request, reply, () => siteMap(services, request.params.month), xml),
  )
}

/** Pages that change something or belong to one person are of no use to anybody who searches. */
const robots = (publicUrl: string): string =>
  `User-agent: *
Disallow: /api/
Disallow: /admin
Disallow: /confirm/
Disallow: /unsubscribe/
Disallow: /preferences/
Disallow: /mine/
Disallow: /saved/
Disallow: /outbox
Sitemap: ${publicUrl}/sitemap.xml
`

async function siteMapIndex(services: Pick<Services, 'config' | 'db'>): Promise<string> {
  const { publicUrl } = services.config
  const months = await listedMonths(services.db)
  const paths = months.map((month) => `/sitemaps/${month}`)
  return renderTemplate('pages/sitemap.eta', {
    root: 'sitemapindex',
    entry: 'sitemap',
    paths,
    publicUrl,
  })
}

async function siteMap(services: Pick<Services, 'config' | 'db'>, month: string): Promise<string> {
  const { publicUrl } = services.config
  const span = spanOfMonth(month)
  if (!span) throw new Problem('not-found', 'There is no such month.')
  const { days, ids } = await listedBetween(services.db, span.from, span.to)
  const paths = [
    '/',
    '/editions',
    `/papers/month/${month}`,
    ...days.map((day) => `/papers/${day}`),
    ...ids.map(paperPath),
  ]
  return renderTemplate('pages/sitemap.eta', { root: 'urlset', entry: 'url', paths, publicUrl })
}

const tags = ['pages']

const robotsSchema = {
  summary: 'Rules for robots',
  tags,
  response: { 200: textAnswer('text/plain', 'RFC 9309'), 304: unchanged, ...problems() },
}
const indexSchema = {
  summary: 'The index of the site maps',
  tags,
  response: { 200: textAnswer('application/xml', 'One map a month'), 304: unchanged, ...problems() },
}
const monthSchema = {
  summary: 'The site map of a month',
  tags,
  params: Type.Object({ month: Type.String({ maxLength: 20, examples: ['2026-07'] }) }),
  response: {
    200: textAnswer('application/xml', 'Days and papers'),
    304: unchanged,
    ...problems('not-found'),
  },
}
