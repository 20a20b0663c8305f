/** The search page: a form that works without scripts, and what was found. */
import { Type } from 'typebox'
import { arxivId } from '../../../papers/arxiv-id.js'
import { readPaper } from '../../../papers/reads.js'
import type { FoundByWords } from '../../../papers/search/search.js'
import type { Services } from '../../../services.js'
import { browse } from '../queries/browse.js'
import { spanAsked } from '../queries/days-asked.js'
import { renderPage } from '../../server/page.js'
import type { Routes } from '../../contract/routes.js'
import { htmlAnswer, moved, pageProblems, unchanged } from '../../contract/schemas.js'
import { longestLabel } from '../../../subscribers/interests/interest.js'
import { longestSearch, search, type SearchAsked } from '../queries/search.js'
import { proseHtml } from '../../../format/science/science.js'
import { counted } from '../../../format/readable.js'
import { cutAtWord } from '../../../format/truncate.js'
import { paperList } from '../queries/paper-list.js'
import { paperPath, paperView } from '../queries/paper-view.js'

const pageSize = 20

type Asked = { q?: string; organisation?: string; from?: string; to?: string; cursor?: string }

export const searchPages: Routes = async (app, { services }) => {
  const { pages } = app

  app.get('/papers', { schema }, async (request, reply) => {
    const asked = given(request.query)
    const id = arxivId(asked.q)
    if (id && (await readPaper(services.db, id))) return reply.redirect(paperPath(id), 302)
    return pages.send(request, reply, () => searchPage(services, asked))
  })
}

/** A form sends the fields that were left empty too. */
function given(query: Asked): Asked {
  const entries = Object.entries(query).map(([name, value]) => [name, value.trim()])
  return Object.fromEntries(entries.filter(([, value]) => value !== '')) as Asked
}

async function searchPage(services: Services, asked: Asked): Promise<string> {
  const span = spanAsked(asked)
  const { q, organisation, cursor } = asked
  const page = { ...span, organisation, cursor, limit: pageSize }
  const { papers, next, corrected, relaxed, byMeaning, count } = q
    ? await hits(services, { ...page, q, counted: true })
    : await newest(services, page)
  return renderPage(services, 'pages/search.eta', {
    title: q ? `Search: ${cutAtWord(q, 100)}` : 'Search',
    description: 'Search all papers that were on the list.',
    path: '/papers',
    noindex: Boolean(q ?? organisation ?? asked.from ?? asked.to),
    asked,
    list: { papers, items: paperList(papers) },
    corrected,
    relaxed,
    byMeaning,
    found:
      count && (count.more ? `More than ${counted(count.papers, 'paper')}` : counted(count.papers, 'paper')),
    more: next && `/papers?${new URLSearchParams({ ...asked, cursor: next }).toString()}`,
    feed: feedOf(asked),
    follow: followOf(asked),
  })
}

/** A feed brings what is new: a span that has ended, and whatever was not asked, have none. */
function feedOf({ q, organisation, from, to }: Asked): string | null {
  if ((!q && !organisation) || from || to) return null
  const asked = { ...(q && { q }), ...(organisation && { organisation }) }
  return `/feed.xml?${new URLSearchParams(asked).toString()}`
}

/** Where a reader may follow or mute what was searched for; null for a search that leaves words out or combines two. */
function followOf({ q, organisation }: Asked): string | null {
  const name = q ? q.replace(/^"([^"]*)"$/, '$1') : organisation
  const isName = name && name.length <= longestLabel && !/(?:^|\s)-|"/.test(name) && !(q && organisation)
  return isName ? `/preferences/follow?${new URLSearchParams({ name }).toString()}` : null
}

async function hits(services: Services, asked: SearchAsked) {
  const { papers, next, corrected, relaxed, byMeaning, count } = await search(services, asked)
  return {
    papers: papers.map((paper) => hitView(paper, services.config.pictures)),
    next,
    relaxed,
    byMeaning,
    count,
    corrected: corrected.filter(({ to }) => to.length > 0),
  }
}

async function newest(services: Services, asked: Omit<SearchAsked, 'q' | 'order'>) {
  const { items, next } = await browse(services, { ...asked, order: 'newest' })
  const papers = items.map((paper) => paperView(paper, null, services.config.pictures))
  return { papers, next, corrected: [], relaxed: false, byMeaning: false, count: null }
}

/** A title with formulas stands as it was rendered: marks would tear them apart. */
function hitView(paper: FoundByWords, pictures: boolean) {
  const view = paperView(paper, null, pictures)
  return {
    ...view,
    titleHtml: view.titleHtml.includes('<math') ? view.titleHtml : marked(paper.markedTitle),
    snippetHtml: marked(paper.snippet),
  }
}

const marked = (pieces: FoundByWords['snippet']): string =>
  pieces.map(({ text, hit }) => (hit ? `<mark>${proseHtml(text)}</mark>` : proseHtml(text))).join('')

const text = (description: string, maxLength: number) =>
  Type.Optional(Type.String({ maxLength, description }))

const schema = {
  summary: 'Search papers',
  description:
    'Words, "quoted phrases", -words to leave out; an arXiv id or link leads straight to the paper.',
  tags: ['pages'],
  querystring: Type.Object({
    q: text('What to look for', longestSearch),
    organisation: text('The whole name, without regard to case', 200),
    from: text('Listed from this day', 10),
    to: text('Listed to this day', 10),
    cursor: text('Of the next page', 300),
  }),
  response: { 200: htmlAnswer('What was found'), 302: moved, 304: unchanged, ...pageProblems() },
}
