/** The audit log: read it, and prove that it is whole. */
import { Type } from 'typebox'
import type { Routes } from '../../contract/routes.js'
import { listAudit, verifyAudit } from '../../../operations/audit.js'
import { decodeCursor, pageOf } from '../../../format/cursor.js'
import { operation } from '../guard/schemas.js'
import { instant, listOf, orNull, paging } from '../../contract/json-schemas.js'

const config = { scope: 'audit:read' } as const

const entry = Type.Object({
  id: Type.String(),
  at: instant,
  who: Type.String({ examples: ['key:1a2b3c4d', 'cli', 'system'] }),
  whoName: orNull(Type.String({ description: 'The name of the key', examples: ['desk of Ada'] })),
  action: Type.String({ examples: ['subscriber.suppressed'] }),
  target: Type.String({ examples: ['subscriber:17'] }),
  targetName: orNull(Type.String({ description: 'The name of the key that it was done to' })),
  before: Type.Unknown(),
  after: Type.Unknown(),
  why: orNull(Type.String()),
  requestId: orNull(Type.String()),
})

const filters = Type.Object(
  {
    ...paging,
    target: Type.Optional(Type.String({ maxLength: 200 })),
    who: Type.Optional(Type.String({ maxLength: 200 })),
    action: Type.Optional(Type.String({ maxLength: 200 })),
  },
  { additionalProperties: false },
)

export const auditRoutes: Routes = async (app, { services }) => {
  app.get(
    '/audit',
    {
      config,
      schema: operation({
        summary: 'Who changed what, the newest first',
        querystring: filters,
        response: { 200: listOf(entry) },
      }),
    },
    async (request) => {
      const { cursor, limit, ...filter } = request.query
      const before = cursor === undefined ? undefined : decodeCursor(cursor, 'bigint')[0]
      const rows = await listAudit(services.db, { ...filter, before: before ?? null, limit: limit + 1 })
      return pageOf(rows, limit, (row) => [row.id])
    },
  )

  app.get(
    '/audit/verify',
    {
      config,
      schema: operation({
        summary: 'Recompute the chain of hashes',
        querystring: Type.Object(
          {
            head: Type.Optional(
              Type.String({ pattern: '^[0-9a-f]{64}$', description: 'A head that was kept elsewhere' }),
            ),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({
            entries: Type.Integer(),
            brokenAt: orNull(Type.String({ description: 'The first entry that does not fit; null: none' })),
            redacted: Type.Array(Type.String(), {
              description: 'Entries that lost words when an address in them was erased',
            }),
            head: orNull(Type.String({ description: 'Keep it elsewhere: it shows a log cut short' })),
            lacksKept: Type.Boolean({ description: 'The log has no such entry as `head`: it was put back' }),
          }),
        },
      }),
    },
    (request) => services.db.transaction('bulk', (tx) => verifyAudit(tx, request.query.head)),
  )
}
