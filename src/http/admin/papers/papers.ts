/** Papers of a day: ranked with reasons, added, edited, pinned, hidden, ordered, looked at again. */
import { Type } from 'typebox'
import { editableFields } from '../../../papers/edits.js'
import type { Routes } from '../../contract/routes.js'
import { authorOf } from '../guard/auth.js'
import { requireMatch, withEtag } from '../guard/etag.js'
import { addPaper } from '../../../operations/papers/add.js'
import { curatePaper, orderPapers, takeOrderBack, uncuratePaper } from '../../../operations/papers/curate.js'
import { papersOfDayRanked } from '../../../operations/papers/day.js'
import { editPaper, revertPaper } from '../../../operations/papers/edit.js'
import { lookAgain } from '../../../operations/papers/look.js'
import { readForEditor } from '../../../operations/papers/read.js'
import { changeProblems, idempotencyKey, ifMatch, operation, postProblems, why } from '../guard/schemas.js'
import { day, orNull } from '../../contract/json-schemas.js'
import * as shapes from './paper-schemas.js'
import { reasonBody } from '../subscribers/subscriber-schemas.js'

const read = { scope: 'papers:read' } as const
const write = { scope: 'papers:write' } as const

const looked = Type.Object({
  source: Type.String(),
  day,
  outcome: Type.Enum(['ok', 'empty', 'failed']),
  papers: Type.Integer(),
  added: Type.Integer(),
  skipped: Type.Integer(),
  fault: orNull(Type.String()),
})

export const paperRoutes: Routes = async (app, { services }) => {
  app.get(
    '/days/:date/papers',
    {
      config: read,
      schema: operation({
        summary: 'The papers of a day with scores and reasons: chosen ones first',
        params: shapes.byDay,
        response: { 200: Type.Object({ items: Type.Array(shapes.dayPaper) }) },
      }),
    },
    async (request) => ({ items: await papersOfDayRanked(services.db, services, request.params.date) }),
  )

  app.post(
    '/days/:date/papers',
    {
      config: write,
      schema: operation({
        summary: 'Put a paper on the list of a day, by its arXiv id or by hand',
        description:
          'With an arXiv id alone the words come from arXiv, which may take some seconds: it is asked once in three. What is given stays, whatever a source says later.',
        headers: idempotencyKey,
        params: shapes.byDay,
        body: shapes.addition,
        response: { 201: shapes.paper },
        problems: ['unavailable', ...postProblems],
      }),
    },
    async (request, reply) => {
      const { reason: _, ...input } = request.body
      const made = await addPaper(services, request.params.date, input, authorOf(request))
      return reply.code(201).send(withEtag(reply, made))
    },
  )

  app.put(
    '/days/:date/order',
    {
      config: write,
      schema: operation({
        summary: 'Keep these papers at the first places in this order',
        description:
          'What was pinned stays an editor’s choice, and nothing else becomes one; pins of other papers are taken back.',
        params: shapes.byDay,
        body: shapes.order,
        response: { 200: shapes.curation },
        problems: ['not-found', 'unsupported-media-type', 'content-too-large'],
      }),
    },
    async (request) => {
      const { date } = request.params
      return { words: await orderPapers(services, date, request.body.ids, authorOf(request)) }
    },
  )

  app.delete(
    '/days/:date/order',
    {
      config: write,
      schema: operation({
        summary: 'Let the ranking order the papers again; pins stay',
        params: shapes.byDay,
        querystring: Type.Object({ reason: why }, { additionalProperties: false }),
        response: { 200: shapes.curation },
      }),
    },
    async (request) => ({ words: await takeOrderBack(services, request.params.date, authorOf(request)) }),
  )

  app.put(
    '/days/:date/papers/:id/curation',
    {
      config: write,
      schema: operation({
        summary: 'Pin a paper to a place, hide it, or let it in although an edition had it',
        params: shapes.byDayAndId,
        body: shapes.word,
        response: { 200: shapes.curation },
        problems: ['not-found', 'unsupported-media-type', 'content-too-large'],
      }),
    },
    async (request) => {
      const { date, id } = request.params
      const { action, position = null } = request.body
      const word = { action, position }
      return { words: await curatePaper(services, date, id, word, authorOf(request)) }
    },
  )

  app.delete(
    '/days/:date/papers/:id/curation',
    {
      config: write,
      schema: operation({
        summary: 'Take back what was said of a paper',
        params: shapes.byDayAndId,
        querystring: Type.Object({ reason: why }, { additionalProperties: false }),
        response: { 200: shapes.curation },
        problems: ['not-found'],
      }),
    },
    async (request) => {
      const { date, id } = request.params
      return { words: await uncuratePaper(services, date, id, authorOf(request)) }
    },
  )

  app.post(
    '/days/:date/look',
    {
      config: write,
      schema: operation({
        summary: 'Look at the source for a day now',
        headers: idempotencyKey,
        params: shapes.byDay,
        body: reasonBody,
        response: { 200: looked },
        problems: [...postProblems],
      }),
    },
    (request) => lookAgain(services, request.params.date, authorOf(request)),
  )

  app.get(
    '/papers/:id',
    {
      config: read,
      schema: operation({
        summary: 'One paper',
        params: shapes.byId,
        response: { 200: shapes.paper },
        problems: ['not-found'],
      }),
    },
    async (request, reply) => withEtag(reply, await readForEditor(services.db, request.params.id)),
  )

  app.patch(
    '/papers/:id',
    {
      config: write,
      schema: operation({
        summary: 'Edit the words of a paper: they stay, whatever a source says later',
        headers: ifMatch,
        params: shapes.byId,
        body: shapes.edits,
        response: { 200: shapes.paper },
        problems: [...changeProblems],
      }),
    },
    async (request, reply) => {
      const { reason: _, ...edit } = request.body
      const check = (found: object) => requireMatch(request, found)
      const { id } = request.params
      return withEtag(reply, await editPaper(services, id, edit, authorOf(request), check))
    },
  )

  app.delete(
    '/papers/:id/edits',
    {
      config: write,
      schema: operation({
        summary: 'Let the source’s words stand again, in one field or in all',
        params: shapes.byId,
        querystring: Type.Object(
          { field: Type.Optional(Type.Enum([...editableFields])), reason: why },
          { additionalProperties: false },
        ),
        response: { 200: shapes.paper },
        problems: ['not-found'],
      }),
    },
    async (request, reply) => {
      const { field } = request.query
      const fields = field === undefined ? editableFields : [field]
      return withEtag(reply, await revertPaper(services, request.params.id, fields, authorOf(request)))
    },
  )
}
