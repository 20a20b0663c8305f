/** Editions: found, read, previewed, counted, reported. */
import { Type } from 'typebox'
import { editionReport } from '../../../deliveries/reports/report.js'
import { type Edition, listEditions } from '../../../editions/store.js'
import { Problem } from '../../../errors.js'
import type { Routes } from '../../contract/routes.js'
import { decodeCursor, pageOf } from '../../../format/cursor.js'
import { dryRun } from '../../../operations/editions/audience.js'
import { listDeliveries } from '../../../operations/editions/deliveries.js'
import { findEdition, nextStep } from '../../../operations/editions/find.js'
import {
  inScheme,
  previewedReader,
  previewMessage,
  previewFor,
} from '../../../operations/editions/preview.js'
import { sendProgress } from '../../../operations/editions/progress.js'
import { authorOf } from '../guard/auth.js'
import { withEtag } from '../guard/etag.js'
import { operation } from '../guard/schemas.js'
import { listOf } from '../../contract/json-schemas.js'
import * as shapes from './edition-schemas.js'

const config = { scope: 'editions:read' } as const

/** A preview is a mail, and no page of ours: its styles are inline, and it may run nothing. */
const mailPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; frame-ancestors 'self'; sandbox"

export const editionRoutes: Routes = async (app, { services }) => {
  const { db, clock } = services
  const shown = (edition: Edition) => ({ ...edition, next: nextStep(edition, clock.now()) })

  app.get(
    '/editions',
    {
      config,
      schema: operation({
        summary: 'Editions, the newest first',
        querystring: shapes.listQuery,
        response: { 200: listOf(shapes.editionSummary) },
      }),
    },
    async (request) => {
      const { cursor, limit, ...filter } = request.query
      const [day, id] = cursor === undefined ? [] : decodeCursor(cursor, 'day', 'int')
      const after = day && id ? { after: { day, id: Number(id) } } : {}
      const rows = await listEditions(db, { ...filter, ...after, limit: limit + 1 })
      return pageOf(rows, limit, (row) => [row.day, row.id])
    },
  )

  app.get(
    '/editions/:period',
    {
      config,
      schema: operation({
        summary: 'One edition, with its papers and what happens next',
        params: shapes.byPeriod,
        response: { 200: shapes.edition },
        problems: ['not-found'],
      }),
    },
    async (request, reply) => withEtag(reply, shown(await findEdition(db, request.params.period))),
  )

  app.get(
    '/editions/:period/preview',
    {
      config: { ...config, queryScopes: { subscriber: 'subscribers:read' } },
      schema: operation({
        summary: 'The mail as HTML, as text, or raw as it would go out, as one subscriber gets it',
        description: 'Its links to leave and to the preferences open nothing.',
        params: shapes.byPeriod,
        querystring: Type.Object(
          {
            as: Type.Enum(['html', 'text', 'raw'], { default: 'html' }),
            scheme: Type.Optional(Type.Enum(['light', 'dark'], { description: 'HTML alone' })),
            subscriber: Type.Optional(
              Type.Integer({
                minimum: 1,
                maximum: 2_147_483_647,
                description: 'Needs `subscribers:read` too; goes into the audit log',
              }),
            ),
          },
          { additionalProperties: false },
        ),
        response: {
          200: {
            description: 'The mail',
            content: {
              'text/html': { schema: Type.String() },
              'text/plain': { schema: Type.String() },
              'message/rfc822': { schema: Type.String() },
            },
          },
        },
        problems: ['not-found', 'conflict'],
      }),
    },
    async (request, reply) => {
      const { as, scheme, subscriber } = request.query
      const edition = await findEdition(db, request.params.period)
      const reader =
        subscriber === undefined
          ? null
          : await previewedReader(services, edition, subscriber, authorOf(request))
      reply.header('content-security-policy', mailPolicy).header('cache-control', 'no-store')
      if (as === 'raw') {
        const { message } = await previewMessage(
          services,
          edition,
          reader?.email ?? 'reader@example.org',
          subscriber,
        )
        return reply.type('message/rfc822').send(Buffer.concat(message))
      }
      const whole = await previewFor(services, edition, as, subscriber)
      const part = scheme && as === 'html' ? inScheme(whole, scheme) : whole
      return reply.type(as === 'html' ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8').send(part)
    },
  )

  app.get(
    '/editions/:period/dry-run',
    {
      config,
      schema: operation({
        summary: 'Who would get it and who not, what changed, and what the gates have against it',
        params: shapes.byPeriod,
        response: { 200: shapes.dryRun },
        problems: ['not-found'],
      }),
    },
    async (request) => dryRun(services, await findEdition(db, request.params.period)),
  )

  app.get(
    '/editions/:period/deliveries',
    {
      config,
      schema: operation({
        summary: 'Its deliveries, in the order in which they were written',
        params: shapes.byPeriod,
        querystring: shapes.deliveryQuery,
        response: { 200: listOf(shapes.delivery) },
        problems: ['not-found'],
      }),
    },
    async (request) => {
      const edition = await findEdition(db, request.params.period)
      return listDeliveries(db, edition.id, request.query)
    },
  )

  app.get(
    '/editions/:period/progress',
    {
      config,
      schema: operation({
        summary: 'How far a send is, how fast it goes and how long it will take',
        params: shapes.byPeriod,
        response: { 200: shapes.progress },
        problems: ['not-found'],
      }),
    },
    async (request) => sendProgress(db, await findEdition(db, request.params.period), clock.now()),
  )

  app.get(
    '/editions/:period/report',
    {
      config,
      schema: operation({
        summary: 'How many were owed it, how they ended, who did not get it and why',
        params: shapes.byPeriod,
        response: { 200: shapes.report },
        problems: ['not-found'],
      }),
    },
    async (request) => {
      const edition = await findEdition(db, request.params.period)
      const report = await editionReport(db, edition.id)
      if (!report) throw new Problem('not-found', 'There is no such edition.')
      return report
    },
  )
}
