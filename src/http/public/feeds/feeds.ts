/** Feeds of editions and of searches, as Atom (RFC 4287) and as JSON Feed 1. */
import { Feed, type Item } from 'feed'
import { Type } from 'typebox'
import { dateline } from '../../../editions/choosing/period.js'
import { type Edition, listEditions } from '../../../editions/store.js'
import type { Services } from '../../../services.js'
import type { KeptPaper } from '../../../papers/reads.js'
import { paperPath } from '../queries/paper-view.js'
import type { Routes } from '../../contract/routes.js'
import { browse } from '../queries/browse.js'
import { longestSearch, search } from '../queries/search.js'
import { problems, textAnswer, unchanged } from '../../contract/schemas.js'
import { escapeHtml } from '../../../format/text/escape-html.js'
import { firstWithin } from '../../../format/within.js'
import { typedHtml } from '../../../papers/html/paper-html.js'

const mostItems = 30
/** A reader fetches the whole of it every hour. */
const mostBytes = 380_000
/** Of the papers of one edition. */
const mostItemBytes = 60_000

type Asked = { q?: string; organisation?: string }
type Given = Pick<Services, 'config' | 'db' | 'clock'>

export const feedRoutes: Routes = async (app, { services }) => {
  const { pages } = app

  app.get('/feed.xml', { schema: atomSchema }, (request, reply) =>
    pages.send(request, reply, () => feedFor(services, request.query, atomOf), atomType),
  )
  app.get('/feed.json', { schema: jsonSchema }, (request, reply) =>
    pages.send(request, reply, () => feedFor(services, request.query, (feed) => feed.json1()), jsonType),
  )
}

const atomType = 'application/atom+xml; charset=utf-8'
const jsonType = 'application/feed+json; charset=utf-8'

/** The library says of titles and summaries that they are HTML, so in Atom they have to be. */
export function atomOf(feed: Feed): string {
  feed.items = feed.items.map((item) => ({
    ...item,
    title: escapeHtml(item.title),
    ...(item.description && { description: escapeHtml(item.description) }),
  }))
  return feed.atom1()
}

/** As many items, the newest first, as the feed has room for. */
async function feedFor(services: Given, query: Asked, write: (feed: Feed) => string): Promise<string> {
  const asked = { q: (query.q ?? '').trim(), organisation: (query.organisation ?? '').trim() }
  let items = asked.q || asked.organisation ? await paperItems(services, asked) : await editionItems(services)
  for (;;) {
    const text = write(feedOf(services, items, asked))
    if (items.length <= 1 || Buffer.byteLength(text) <= mostBytes) return text
    items = items.slice(0, Math.floor(items.length * 0.7))
  }
}

async function editionItems({ db, config }: Given): Promise<Item[]> {
  const editions = await listEditions(db, { published: true, limit: mostItems })
  return editions.map((edition) => itemOf(edition, config.publicUrl))
}

async function paperItems(services: Given, { q, organisation: named }: Required<Asked>): Promise<Item[]> {
  const asked = { organisation: named || undefined, order: 'newest' as const, limit: mostItems }
  const papers = q ? (await search(services, { ...asked, q })).papers : (await browse(services, asked)).items
  const now = services.clock.now()
  const items = papers.map((paper) => paperItem(paper, services.config.publicUrl, now))
  return items.sort((a, b) => b.date.getTime() - a.date.getTime())
}

function feedOf(services: Given, items: Item[], asked: Required<Asked>): Feed {
  const { publicUrl, publication, byline } = services.config
  const given = Object.entries(asked).filter(([, value]) => value !== '')
  const query = given.length > 0 ? `?${new URLSearchParams(given).toString()}` : ''
  const link = query ? `${publicUrl}/papers${query}` : `${publicUrl}/`
  const feed = new Feed({
    id: link,
    link,
    title: printable([publication, ...given.map(([, value]) => value)].join(': ')),
    description: byline,
    language: 'en',
    generator: false,
    updated: items[0]?.date ?? services.clock.now(),
    author: { name: publication, link: `${publicUrl}/` },
    feedLinks: { atom: `${publicUrl}/feed.xml${query}`, json: `${publicUrl}/feed.json${query}` },
  })
  for (const item of items) feed.addItem(item)
  return feed
}

export function paperItem(paper: KeptPaper, publicUrl: string, now: Date): Item {
  const url = publicUrl + paperPath(paper.id)
  const html = paper.html ?? typedHtml(paper)
  const listed = paper.listedOn.at(-1)
  const date = paper.listedAt ?? (listed ? new Date(listed) : (paper.publishedAt ?? now))
  return {
    id: url,
    link: url,
    title: plain(html.titleText),
    content: printable(`<p>${html.card || html.abstract}</p>`),
    // The library takes the first of them, without asking whether there is one.
    ...(paper.authors.length > 0 && { author: authorsOf(paper) }),
    date,
    published: paper.publishedAt ?? date,
  }
}

const authorsOf = ({ authors }: KeptPaper) => authors.slice(0, 10).map((name) => ({ name: printable(name) }))

function itemOf(edition: Edition, publicUrl: string): Item {
  const url = `${publicUrl}/editions/${edition.period}`
  const date = edition.frozenAt ?? edition.updatedAt
  return {
    id: url,
    link: url,
    title: plain(edition.subject ?? dateline(edition.kind, edition.day)),
    description: plain(edition.preheader ?? ''),
    content: printable(contentOf(edition, publicUrl)),
    date,
    published: date,
  }
}

function contentOf(edition: Edition, publicUrl: string): string {
  const papers = (edition.papers ?? []).map(
    (paper) =>
      `<li><p><a href="${escapeHtml(publicUrl + paperPath(paper.id))}">${paper.html?.title ?? escapeHtml(paper.title)}</a></p><p>${paper.html?.summary ?? escapeHtml(paper.summary)}</p></li>`,
  )
  return `<ol>${firstWithin(mostItemBytes, papers).join('')}</ol>`
}

/** XML 1.0 has no place for these characters. */
const plain = (text: string) => text.replaceAll(/\p{Cc}|[\ufffe\uffff]/gu, ' ')

/** The end of a CDATA section would end ours. */
const printable = (text: string) => plain(text).replaceAll(']]>', ']]&gt;')

const querystring = Type.Object({
  q: Type.Optional(Type.String({ maxLength: longestSearch, description: 'A search: then its papers' })),
  organisation: Type.Optional(
    Type.String({ maxLength: 200, description: 'Its papers alone: the whole name, without regard to case' }),
  ),
})

const atomSchema = {
  summary: 'Editions, or the papers of a search, as an Atom feed',
  tags: ['editions'],
  querystring,
  response: { 200: textAnswer('application/atom+xml', 'RFC 4287'), 304: unchanged, ...problems() },
}

const jsonSchema = {
  summary: 'Editions, or the papers of a search, as a JSON feed',
  tags: ['editions'],
  querystring,
  response: {
    200: {
      description: 'JSON Feed 1',
      content: { 'application/feed+json': { schema: Type.Object({}, { additionalProperties: true }) } },
    },
    304: unchanged,
    ...problems(),
  },
}
