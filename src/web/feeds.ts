/** Feeds of editions, as Atom (RFC 4287) and as JSON Feed 1.1. */
import { Feed, type Item } from 'feed'
import { Type } from 'typebox'
import { dateline } from '../editions/period.js'
import { type Edition, listEditions } from '../editions/store.js'
import type { Services } from '../services.js'
import { openPageCache } from './page-cache.js'
import { paperPath } from './pages/paper-view.js'
import type { Routes } from './routes.js'
import { problems, textAnswer, unchanged } from './schemas.js'
import { escapeHtml, scienceHtml } from './text/science.js'

const mostItems = 30

type Given = Pick<Services, 'config' | 'db' | 'clock'>

export const feedRoutes: Routes = async (app, { services }) => {
  const pages = openPageCache(services.clock)

  app.get('/feed.xml', { schema: atomSchema }, (request, reply) =>
    pages.send(request, reply, async () => (await editionFeed(services)).atom1(), atomType),
  )
  app.get('/feed.json', { schema: jsonSchema }, (request, reply) =>
    pages.send(request, reply, async () => (await editionFeed(services)).json1(), jsonType),
  )
}

const atomType = 'application/atom+xml; charset=utf-8'
const jsonType = 'application/feed+json; charset=utf-8'

async function editionFeed(services: Given): Promise<Feed> {
  const { publicUrl, publication, byline } = services.config
  const editions = await listEditions(services.db.sql, { published: true, limit: mostItems })
  const updated = editions[0]?.frozenAt ?? services.clock.now()
  const feed = new Feed({
    id: `${publicUrl}/`,
    link: `${publicUrl}/`,
    title: publication,
    description: byline,
    language: 'en',
    generator: false,
    updated,
    author: { name: publication, link: `${publicUrl}/` },
    feedLinks: { atom: `${publicUrl}/feed.xml`, json: `${publicUrl}/feed.json` },
  })
  for (const edition of editions) feed.addItem(itemOf(edition, publicUrl))
  return feed
}

function itemOf(edition: Edition, publicUrl: string): Item {
  const url = `${publicUrl}/editions/${edition.period}`
  const date = edition.frozenAt ?? edition.updatedAt
  return {
    id: url,
    link: url,
    title: printable(edition.subject ?? dateline(edition.kind, edition.day)),
    description: printable(edition.preheader ?? ''),
    content: printable(contentOf(edition, publicUrl)),
    date,
    published: date,
  }
}

function contentOf(edition: Edition, publicUrl: string): string {
  const papers = (edition.papers ?? []).map(
    (paper) =>
      `<li><p><a href="${escapeHtml(publicUrl + paperPath(paper.id))}">${scienceHtml(paper.title)}</a></p><p>${scienceHtml(paper.summary)}</p></li>`,
  )
  return `<ol>${papers.join('')}</ol>`
}

/** XML 1.0 has no place for these characters, and the end of a CDATA section would end ours. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}|[\ufffe\uffff]/gu, ' ').replaceAll(']]>', ']]&gt;')
}

const atomSchema = {
  summary: 'Editions as an Atom feed',
  tags: ['editions'],
  response: { 200: textAnswer('application/atom+xml', 'RFC 4287'), 304: unchanged, ...problems() },
}

const jsonSchema = {
  summary: 'Editions as a JSON feed',
  tags: ['editions'],
  response: {
    200: {
      description: 'JSON Feed 1.1',
      content: { 'application/feed+json': { schema: Type.Object({}, { additionalProperties: true }) } },
    },
    304: unchanged,
    ...problems(),
  },
}
