/** Papers of a day: ranked with reasons, added, edited, pinned, hidden, ordered, looked at again. */
import { Type } from 'typebox'
import { hubSource } from '../../papers/hub.js'
import { ingestDay } from '../../papers/ingest.js'
import { readPaper } from '../../papers/reads.js'
import { Problem } from '../../errors.js'
import { inTransaction } from '../../db/client.js'
import type { Routes } from '../../web/routes.js'
import { writeAudit } from '../audit.js'
import { authorOf } from '../auth.js'
import { requireMatch, withEtag } from '../etag.js'
import { papersOfDayRanked } from '../papers/day.js'
import * as steps from '../papers/steps.js'
import {
  changeProblems,
  day,
  idempotencyKey,
  ifMatch,
  operation,
  orNull,
  postProblems,
  why,
} from '../schemas.js'
import * as shapes from './paper-schemas.js'
import { reasonBody } from './subscriber-schemas.js'

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
    async (request) => ({ items: await papersOfDayRanked(services.db.sql, services, request.params.date) }),
  )

  app.post(
    '/days/:date/papers',
    {
      config: write,
      schema: operation({
        summary: 'Put a paper on the list of a day by hand',
        headers: idempotencyKey,
        params: shapes.byDay,
        body: shapes.addition,
        response: { 201: shapes.paper },
        problems: [...postProblems],
      }),
    },
    async (request, reply) => {
      const { reason: _, ...input } = request.body
      const made = await steps.addPaper(services, request.params.date, input, authorOf(request))
      return reply.code(201).send(withEtag(reply, made))
    },
  )

  app.put(
    '/days/:date/order',
    {
      config: write,
      schema: operation({
        summary: 'Pin these papers to the first places in this order; other pins are taken back',
        params: shapes.byDay,
        body: shapes.order,
        response: { 200: shapes.curation },
        problems: ['not-found', 'unsupported-media-type', 'content-too-large'],
      }),
    },
    async (request) => {
      const { date } = request.params
      return { words: await steps.orderPapers(services, date, request.body.ids, authorOf(request)) }
    },
  )

  app.put(
    '/days/:date/papers/:id/word',
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
      return { words: await steps.curatePaper(services, date, id, word, authorOf(request)) }
    },
  )

  app.delete(
    '/days/:date/papers/:id/word',
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
      return { words: await steps.uncuratePaper(services, date, id, authorOf(request)) }
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
    async (request) => {
      const { date } = request.params
      const source = hubSource({ baseUrl: services.config.papersApiUrl, clock: services.clock })
      const report = await ingestDay(services, source, date)
      const { outcome, papers, added } = report
      const change = { action: 'day.looked', target: `day:${date}`, after: { outcome, papers, added } }
      await inTransaction(services.db, (query) =>
        writeAudit(query, services.clock, authorOf(request), change),
      )
      return report
    },
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
    async (request, reply) => {
      const found = await readPaper(services.db.sql, request.params.id)
      if (!found) throw new Problem('not-found', 'No such paper is kept.')
      return withEtag(reply, found)
    },
  )

  app.patch(
    '/papers/:id',
    {
      config: write,
      schema: operation({
        summary: 'Edit the words of a paper',
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
      return withEtag(reply, await steps.editPaper(services, id, edit, authorOf(request), check))
    },
  )
}
