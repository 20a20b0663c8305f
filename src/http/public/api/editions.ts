/** The public API of editions. */
import { type Static, Type } from 'typebox'
import { pageOf } from '../../../format/cursor.js'
import { day, instant, listOf, orNull, paging } from '../../contract/json-schemas.js'
import type { ShownPaper } from '../../../editions/edition.js'
import { type Edition, listEditions } from '../../../editions/store.js'
import { conditional } from '../../cache/conditional.js'
import { editionMark } from '../pages/editions.js'
import { paperPath } from '../queries/paper-view.js'
import { publishedEdition } from '../queries/published.js'
import type { Routes } from '../../contract/routes.js'
import { problems, unchanged } from '../../contract/schemas.js'

export const editionApi: Routes = async (app, { services }) => {
  const { publicUrl } = services.config
  app.addHook('onSend', conditional)

  app.get('/api/v1/editions', { schema: listSchema }, async (request) => {
    const { kind, cursor, limit } = request.query
    const editions = await listEditions(services.db, {
      published: true,
      limit: limit + 1,
      ...(kind ? { kind } : {}),
      ...(cursor === undefined ? {} : { after: editionMark(cursor) }),
    })
    const { items, next } = pageOf(editions, limit, ({ day, id }) => [day, id])
    return { items: items.map((edition) => summaryOf(edition, publicUrl)), next }
  })

  app.get('/api/v1/editions/:period', { schema: oneSchema }, async (request) => {
    const edition = await publishedEdition(services.db, request.params.period)
    const papers = (edition.papers ?? []).map((paper) => shownPaper(paper, publicUrl))
    return { ...summaryOf(edition, publicUrl), papers }
  })
}

const summaryFields = {
  kind: Type.Union([Type.Literal('daily'), Type.Literal('weekly')]),
  period: Type.String({ description: 'A day, or an ISO week', examples: ['2026-08-05'] }),
  day,
  number: orNull(Type.Integer({ description: 'Counts the editions of its kind' })),
  subject: orNull(Type.String({ description: 'Of the mail' })),
  frozenAt: orNull(instant),
  paperCount: Type.Integer(),
  url: Type.String({ format: 'uri', description: 'The mail as a page' }),
}
const summary = Type.Object(summaryFields)

const shown = Type.Object({
  id: Type.String({ examples: ['2608.10000'] }),
  rank: Type.Integer(),
  title: Type.String(),
  summary: Type.String(),
  authors: Type.Array(Type.String(), { description: 'The first names' }),
  authorCount: Type.Integer(),
  organisation: orNull(Type.String()),
  publishedOn: orNull(day),
  votes: Type.Integer({ description: 'As they stood when the edition was frozen' }),
  comments: Type.Integer(),
  stars: orNull(Type.Integer()),
  codeUrl: orNull(Type.String()),
  projectUrl: orNull(Type.String()),
  note: orNull(Type.String({ description: 'Why it was chosen, in a few words' })),
  url: Type.String({ format: 'uri' }),
})

function summaryOf(edition: Edition, publicUrl: string): Static<typeof summary> {
  return {
    kind: edition.kind,
    period: edition.period,
    day: edition.day,
    number: edition.number,
    subject: edition.subject,
    frozenAt: edition.frozenAt?.toISOString() ?? null,
    paperCount: edition.papers?.length ?? 0,
    url: `${publicUrl}/editions/${edition.period}`,
  }
}

function shownPaper(paper: ShownPaper, publicUrl: string): Static<typeof shown> {
  return { ...paper, url: publicUrl + paperPath(paper.id) }
}

const listSchema = {
  summary: 'Editions, newest first',
  tags: ['editions'],
  querystring: Type.Object({
    kind: Type.Optional(Type.Union([Type.Literal('daily'), Type.Literal('weekly')])),
    ...paging,
  }),
  response: { 200: listOf(summary), 304: unchanged, ...problems() },
}

const oneSchema = {
  summary: 'An edition with its papers, as it was mailed',
  tags: ['editions'],
  params: Type.Object({ period: Type.String({ maxLength: 20, examples: ['2026-08-05'] }) }),
  response: {
    200: Type.Object({ ...summaryFields, papers: Type.Array(shown) }),
    304: unchanged,
    ...problems('not-found'),
  },
}
