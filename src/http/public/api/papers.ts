/** The public API of papers. */
import { Type } from 'typebox'
import { listOf, paging } from '../../contract/json-schemas.js'
import { Problem } from '../../../errors.js'
import { isPaperId } from '../../../papers/arxiv-id.js'
import { readPaper } from '../../../papers/reads.js'
import { browse } from '../queries/browse.js'
import { conditional } from '../../cache/conditional.js'
import { spanAsked } from '../queries/days-asked.js'
import type { Routes } from '../../contract/routes.js'
import { longestSearch, search } from '../queries/search.js'
import { problems, unchanged } from '../../contract/schemas.js'
import { apiPaper, paperSchema } from './paper-schema.js'

export const paperApi: Routes = async (app, { services }) => {
  const { publicUrl } = services.config
  const { db } = services
  app.addHook('onSend', conditional)

  async function paperNamed(id: string) {
    const paper = isPaperId(id) ? await readPaper(db, id) : null
    if (!paper) throw new Problem('not-found', 'No such paper is kept.')
    return apiPaper(paper, publicUrl)
  }

  app.get('/api/v1/papers', { schema: listSchema }, async (request) => {
    const { q, organisation, sort, cursor, limit } = request.query
    if (q !== undefined) {
      if (sort === 'votes') throw new Problem('invalid', 'A search is sorted by relevance or newest.')
      const asked = { ...spanAsked(request.query), q, organisation, order: sort, cursor, limit }
      const { papers, next } = await search(services, asked)
      return { items: papers.map((paper) => apiPaper(paper, publicUrl)), next }
    }
    if (sort === 'relevance') throw new Problem('invalid', 'Relevance is to a search, and `q` has none.')
    const filter = {
      ...spanAsked(request.query),
      organisation,
      order: sort ?? 'newest',
      cursor,
      limit,
    } as const
    const { items, next } = await browse(services, filter)
    return { items: items.map((paper) => apiPaper(paper, publicUrl)), next }
  })

  app.get('/api/v1/papers/:id', { schema: oneSchema }, (request) => paperNamed(request.params.id))

  app.get('/api/v1/papers/:archive/:number', { schema: oldSchema }, (request) =>
    paperNamed(`${request.params.archive}/${request.params.number}`),
  )
}

const query = Type.Object({
  q: Type.Optional(
    Type.String({
      maxLength: longestSearch,
      description:
        'Words, "quoted phrases", -words to leave out, or an arXiv id; its first 300 characters and 16 words count; where no paper has all of three words or more, those whose titles lack one',
      examples: ['attention', '"long context" -vision'],
    }),
  ),
  date: Type.Optional(
    Type.String({ maxLength: 10, description: 'Listed on this day', examples: ['2026-08-05'] }),
  ),
  week: Type.Optional(
    Type.String({ maxLength: 8, description: 'Or in this ISO week', examples: ['2026-W31'] }),
  ),
  month: Type.Optional(Type.String({ maxLength: 7, description: 'Or in this month', examples: ['2026-07'] })),
  from: Type.Optional(
    Type.String({ maxLength: 10, description: 'Or from this day', examples: ['2026-07-20'] }),
  ),
  to: Type.Optional(Type.String({ maxLength: 10, description: 'To this day', examples: ['2026-08-07'] })),
  organisation: Type.Optional(
    Type.String({ maxLength: 200, description: 'The whole name, without regard to case' }),
  ),
  sort: Type.Optional(
    Type.Enum(['newest', 'votes', 'relevance'], {
      description:
        'Without it by relevance where there is a `q`, which has no order by votes, else the newest first',
    }),
  ),
  ...paging,
})

const listSchema = {
  summary: 'Papers',
  description:
    'Those that stood on the list of a day, a week, a month, a span, or of all days; with `q` those that a search finds.',
  tags: ['papers'],
  querystring: query,
  response: { 200: listOf(paperSchema), 304: unchanged, ...problems() },
}

const oneSchema = {
  summary: 'A paper',
  tags: ['papers'],
  params: Type.Object({ id: Type.String({ maxLength: 100, examples: ['2608.10000'] }) }),
  response: { 200: paperSchema, 304: unchanged, ...problems('not-found') },
}

const oldSchema = {
  summary: 'A paper whose arXiv id is of the old kind',
  tags: ['papers'],
  params: Type.Object({
    archive: Type.String({ maxLength: 50, examples: ['math'] }),
    number: Type.String({ maxLength: 50, examples: ['0309136'] }),
  }),
  response: { 200: paperSchema, 304: unchanged, ...problems('not-found') },
}
