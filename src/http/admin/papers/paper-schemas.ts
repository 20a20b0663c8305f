/** Shapes of papers in the operator's API. */
import { Type } from 'typebox'
import { editableFields } from '../../../papers/edits.js'
import { why } from '../guard/schemas.js'
import { day, instant, orNull } from '../../contract/json-schemas.js'

const words = Type.Array(
  Type.Object({
    paperId: Type.String(),
    action: Type.Enum(['pin', 'hide', 'return']),
    position: orNull(Type.Integer()),
    ordered: Type.Boolean({
      description:
        'True for a pin that only keeps an order: readers are not told that it is an editor’s choice',
    }),
    reason: orNull(Type.String()),
    by: Type.String(),
  }),
)

export const curation = Type.Object({ words })

export const paper = Type.Object({
  id: Type.String(),
  title: Type.String(),
  abstract: Type.String(),
  summary: orNull(Type.String()),
  authors: Type.Array(Type.String()),
  organisation: orNull(Type.String()),
  codeUrl: orNull(Type.String()),
  projectUrl: orNull(Type.String()),
  publishedAt: orNull(instant),
  votes: Type.Integer(),
  comments: Type.Integer(),
  stars: orNull(Type.Integer()),
  listedOn: Type.Array(day),
  edited: Type.Array(Type.Enum([...editableFields]), {
    description: 'Fields in which an editor’s words stand in place of the source’s',
  }),
})

export const dayPaper = Type.Object({
  id: Type.String(),
  title: Type.String(),
  authors: Type.Array(Type.String(), { description: 'The first three' }),
  organisation: orNull(Type.String()),
  votes: Type.Integer(),
  comments: Type.Integer(),
  stars: orNull(Type.Integer()),
  rank: orNull(Type.Integer({ description: 'Its place if the edition were built now' })),
  why: orNull(Type.String({ description: 'Why it is left out' })),
  detail: orNull(Type.String()),
  note: orNull(Type.String()),
  reasons: Type.Object({}, { additionalProperties: true, description: 'The numbers behind its place' }),
  curation: words,
})

const title = Type.String({ minLength: 1, maxLength: 500 })
const text = Type.String({ maxLength: 10_000 })
const url = orNull(Type.String({ maxLength: 1000 }))
const authors = Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 1000 })

export const addition = Type.Object(
  {
    id: Type.Optional(
      Type.String({ maxLength: 200, description: 'An arXiv id or link; left out: one of ours' }),
    ),
    title: Type.Optional(title),
    abstract: Type.Optional(text),
    summary: Type.Optional(orNull(Type.String({ maxLength: 1000 }))),
    authors: Type.Optional(authors),
    codeUrl: Type.Optional(url),
    projectUrl: Type.Optional(url),
    reason: why,
  },
  {
    additionalProperties: false,
    examples: [
      { id: 'https://arxiv.org/abs/2608.01234', reason: 'asked for by many' },
      { id: '2608.01234', title: 'A title', abstract: 'What it says.', authors: ['Ada L.'] },
    ],
  },
)

export const edits = Type.Object(
  {
    title: Type.Optional(title),
    abstract: Type.Optional(text),
    summary: Type.Optional(orNull(Type.String({ maxLength: 1000 }))),
    authors: Type.Optional(authors),
    codeUrl: Type.Optional(url),
    projectUrl: Type.Optional(url),
    reason: why,
  },
  { additionalProperties: false, minProperties: 1, examples: [{ title: 'A better title' }] },
)

const paperId = Type.String({ minLength: 1, maxLength: 60, pattern: '^[\\w./-]+$' })
export const byId = Type.Object({ id: paperId })
export const byDay = Type.Object({ date: day })
export const byDayAndId = Type.Object({ date: day, id: paperId })

export const word = Type.Object(
  {
    action: Type.Enum(['pin', 'hide', 'return']),
    position: Type.Optional(orNull(Type.Integer({ minimum: 1, maximum: 50 }))),
    reason: why,
  },
  { additionalProperties: false, examples: [{ action: 'pin', position: 1, reason: 'the talk of the day' }] },
)

export const order = Type.Object(
  { ids: Type.Array(paperId, { maxItems: 50, uniqueItems: true }), reason: why },
  { additionalProperties: false, examples: [{ ids: ['2608.01234', '2608.04321'] }] },
)
