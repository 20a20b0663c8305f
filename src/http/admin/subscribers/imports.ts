/** Imports and exports of subscribers as CSV. */
import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify/sync'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { messageOf, Problem } from '../../../errors.js'
import { exportSubscribers } from '../../../subscribers/import/export.js'
import { type ColumnNames, importFields } from '../../../subscribers/import/reading/columns.js'
import type { Routes } from '../../contract/routes.js'
import { textAnswer } from '../../contract/schemas.js'
import { type Author, type Change, subscribersExported, writeAudit } from '../../../operations/audit.js'
import { authorOf } from '../guard/auth.js'
import { decodeCursor, pageOf } from '../../../format/cursor.js'
import { beginImport, runImport, type RunOptions } from '../../../operations/import/import.js'
import { listRuns, readFaults, readRun } from '../../../operations/import/runs.js'
import { type Spool, spool } from '../../../operations/import/spool.js'
import { operation, why } from '../guard/schemas.js'
import { instant, listOf, orNull, paging } from '../../contract/json-schemas.js'
import { byId } from './subscriber-schemas.js'

const read = { scope: 'subscribers:read' } as const
const write = { scope: 'subscribers:write' } as const
const largestUpload = 512 * 1024 * 1024

const run = Type.Object({
  id: Type.Integer(),
  status: Type.Enum(['running', 'done', 'failed', 'interrupted'], {
    description: '`interrupted`: its process has ended; send the file again, it comes to the same as once',
  }),
  dryRun: Type.Boolean(),
  who: Type.String(),
  source: orNull(Type.String()),
  reading: orNull(
    Type.String({ description: 'How the file was read: whose export, encoding, delimiter, columns' }),
  ),
  rows: Type.Integer(),
  added: Type.Integer(),
  changed: Type.Integer(),
  unchanged: Type.Integer(),
  faulty: Type.Integer({ description: 'Rows left out: see its faults' }),
  fault: orNull(Type.String({ description: 'Why it failed as a whole' })),
  startedAt: instant,
  updatedAt: instant,
  finishedAt: orNull(instant),
})

const column = Type.Optional(
  Type.String({ minLength: 1, maxLength: 200, description: 'Its name in the header' }),
)

const importQuery = Type.Object(
  {
    dryRun: Type.Boolean({ default: false, description: 'Count and report, and change nothing' }),
    confirm: Type.Boolean({ default: false, description: 'Mail confirmations instead of vouching' }),
    source: Type.Optional(Type.String({ minLength: 1, maxLength: 100, pattern: '^[^\\x00-\\x1f\\x7f]*$' })),
    emailColumn: column,
    statusColumn: column,
    frequencyColumn: column,
    timezoneColumn: column,
    sourceColumn: column,
    ignoreColumns: Type.Optional(
      Type.String({ maxLength: 2000, description: 'Columns to pass over, with commas between them' }),
    ),
    reason: why,
  },
  { additionalProperties: false },
)

type ImportQuery = { dryRun: boolean; confirm: boolean; source?: string; ignoreColumns?: string } & {
  [K in `${string}Column`]?: string
}

function optionsOf(query: ImportQuery): RunOptions {
  const columns: ColumnNames = {}
  for (const field of importFields) {
    const name = query[`${field}Column`]
    if (name !== undefined) columns[field] = name
  }
  const ignored = query.ignoreColumns?.split(',') ?? []
  return { dryRun: query.dryRun, confirm: query.confirm, source: query.source ?? null, columns, ignored }
}

export const importRoutes: Routes = async (app, { services }) => {
  const running = new Set<Promise<unknown>>()
  app.addHook('onClose', async () => void (await Promise.allSettled(running)))
  app.addContentTypeParser('text/csv', (_request, payload, done) => done(null, payload))

  app.post(
    '/imports',
    {
      config: write,
      schema: operation({
        summary: 'Import subscribers from CSV',
        description:
          'The body is text/csv with a header row: `email` and, if wanted, `status` (default active: you vouch for consent), `frequency`, `timezone`, `source`; or an export of this service, Ghost, Substack, Mailchimp, Buttondown, Beehiiv, Keila or listmonk. Encoding (UTF-8, UTF-16) and delimiter are found out. It is taken in whole, then imported; follow it at `location`. Run again, it comes to the same as once.',
        consumes: ['text/csv'],
        querystring: importQuery,
        response: { 202: run },
        problems: ['unsupported-media-type', 'content-too-large'],
      }),
    },
    async (request, reply) => {
      if (!(request.body instanceof Readable)) throw new Problem('invalid', 'Send the file as text/csv.')
      const options = optionsOf(request.query)
      const author = authorOf(request)
      const file = await spool(request.body, largestUpload)
      const id = await beginImport(services, options, author)
      const work = importSpooled(id, file, options, author)
      running.add(work)
      void work.finally(() => running.delete(work))
      reply.header('location', `${services.config.publicUrl}/api/v1/admin/imports/${id}`)
      return reply.code(202).send(await readRun(services.db, id, services.clock.now()))
    },
  )

  async function importSpooled(id: number, file: Spool, options: RunOptions, author: Author): Promise<void> {
    try {
      await runImport(services, id, file.read(), options, author)
    } catch (error) {
      services.log.error({ fault: messageOf(error), id }, 'an import was lost')
    } finally {
      await file.close()
    }
  }

  app.get(
    '/imports',
    {
      config: read,
      schema: operation({
        summary: 'Imports, the newest first',
        querystring: Type.Object(paging, { additionalProperties: false }),
        response: { 200: listOf(run) },
      }),
    },
    async (request) => {
      const { cursor, limit } = request.query
      const before = cursor === undefined ? null : (decodeCursor(cursor, 'int')[0] ?? null)
      const rows = await listRuns(services.db, { before, limit: limit + 1 }, services.clock.now())
      return pageOf(rows, limit, (row) => [row.id])
    },
  )

  app.get(
    '/imports/:id',
    {
      config: read,
      schema: operation({
        summary: 'How far an import is',
        params: byId,
        response: { 200: run },
        problems: ['not-found'],
      }),
    },
    (request) => readRun(services.db, request.params.id, services.clock.now()),
  )

  app.get(
    '/imports/:id/faults.csv',
    {
      config: read,
      schema: operation({
        summary: 'The rows that were left out: line and reason',
        params: byId,
        response: { 200: textAnswer('text/csv', 'line,reason') },
        problems: ['not-found'],
      }),
    },
    async (request, reply) => {
      const { id } = request.params
      await readRun(services.db, id, services.clock.now())
      await noteExport(request, { action: 'import.faults-exported', target: `import:${id}` })
      return sendCsv(reply, `import-${id}-faults.csv`, Readable.from(faultLines(id)))
    },
  )

  function noteExport(request: FastifyRequest, change: Change): Promise<void> {
    const { db, clock } = services
    return db.transaction('request', (tx) => writeAudit(tx, clock, authorOf(request), change))
  }

  async function* faultLines(id: number): AsyncGenerator<string> {
    yield 'line,reason\n'
    for await (const { line, reason } of readFaults(services.db, id)) yield stringify([[line, reason]])
  }

  app.get(
    '/subscribers.csv',
    {
      config: read,
      schema: operation({
        summary: 'Export subscribers as CSV',
        response: { 200: textAnswer('text/csv', 'One row a subscriber, as the import reads them') },
      }),
    },
    async (request, reply) => {
      await noteExport(request, subscribersExported)
      return sendCsv(reply, 'subscribers.csv', exportSubscribers(services.db))
    },
  )
}

function sendCsv<R extends { header(name: string, value: string): R; send(body: Readable): R }>(
  reply: R,
  name: string,
  lines: Readable,
): R {
  reply
    .header('content-type', 'text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}"`)
  return reply.send(lines)
}
