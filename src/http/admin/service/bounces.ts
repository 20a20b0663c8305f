/** Bounces and complaints: listed, shown, undone. */
import { Type } from 'typebox'
import { columnValues } from '../../../db/queries/columns.js'
import {
  leaveByReply,
  listUnplaced,
  listVerdicts,
  readVerdict,
  sumVerdicts,
  undo,
} from '../../../operations/bounces.js'
import { complaintRates, returnsByDay, returnsByRelay } from '../../../operations/figures/returns.js'
import { day, instant, listOf, orNull, paging } from '../../contract/json-schemas.js'
import type { Routes } from '../../contract/routes.js'
import { authorOf } from '../guard/auth.js'
import { idempotencyKey, operation, postProblems, why } from '../guard/schemas.js'

const { verdict: values, inboundMail } = columnValues
const id = Type.String({ pattern: '^\\d{1,18}$', examples: ['17'] })
const domain = Type.String({ minLength: 1, maxLength: 253, examples: ['outlook.com'] })

const verdict = Type.Object({
  id,
  at: instant,
  kind: Type.Enum([...values.kind]),
  class: orNull(Type.Enum([...values.class])),
  status: orNull(Type.String({ examples: ['5.1.1'] })),
  code: orNull(Type.Integer()),
  words: orNull(Type.String({ description: 'What decided; null once the reader was erased' })),
  domain: Type.String(),
  subscriberId: orNull(Type.Integer()),
  email: orNull(Type.String()),
  edition: orNull(Type.String({ examples: ['2026-08-04'] })),
  effect: Type.Enum([...values.effect]),
  undoneAt: orNull(instant),
  undoneBy: orNull(Type.String()),
})

const unplaced = Type.Object({
  id,
  via: Type.Enum([...inboundMail.via]),
  receivedAt: instant,
  size: Type.Integer({ description: 'Bytes' }),
  kind: orNull(Type.Enum([...inboundMail.kind])),
  wantsToLeave: Type.Boolean({ description: 'A person asks to be taken off' }),
  subscriberId: orNull(Type.Integer({ description: 'Whose answer it is, where they are known' })),
})

const sum = Type.Object({
  domain: Type.String(),
  kind: Type.String(),
  class: orNull(Type.String()),
  verdicts: Type.Integer(),
})

const share = Type.Number({ minimum: 0, maximum: 1, examples: [0.0004] })
const figures = Type.Object({
  days: Type.Array(
    Type.Object({
      day,
      hard: Type.Integer(),
      soft: Type.Integer(),
      ours: Type.Integer(),
      policy: Type.Integer(),
      complaints: Type.Integer(),
      left: Type.Integer({ description: 'Who left by mail' }),
    }),
  ),
  domains: Type.Array(
    Type.Object({
      domain: Type.String(),
      accepted: Type.Integer(),
      bounced: Type.Integer(),
      complaints: Type.Integer(),
      share: orNull(Type.Number({ description: 'Complaints of the mails that reached a mailbox' })),
      worst: orNull(Type.Object({ day, share })),
      level: Type.Enum(['fine', 'watch', 'over'], { description: 'watch from 0.1 %, over from 0.3 %' }),
    }),
  ),
  relays: Type.Array(
    Type.Object({
      relay: Type.String(),
      kind: Type.String(),
      class: orNull(Type.String()),
      verdicts: Type.Integer(),
    }),
  ),
})

const filters = {
  kind: Type.Optional(Type.Enum([...values.kind])),
  class: Type.Optional(Type.Enum([...values.class])),
  domain: Type.Optional(domain),
}

export const bounceRoutes: Routes = async (app, { services }) => {
  const { db, clock } = services
  const reads = { scope: 'bounces:read' } as const
  app.get(
    '/bounces',
    {
      config: reads,
      schema: operation({
        summary: 'What came back and what it was judged to mean, the newest first',
        querystring: Type.Object({ ...paging, ...filters }, { additionalProperties: false }),
        response: { 200: listOf(verdict) },
      }),
    },
    (request) => listVerdicts(db, request.query),
  )
  app.get(
    '/bounces/today',
    {
      config: reads,
      schema: operation({
        summary: 'What came back in the last 24 hours by domain, and what could not be placed',
        response: {
          200: Type.Object({ sums: Type.Array(sum), unplaced: Type.Array(unplaced) }),
        },
      }),
    },
    async () => ({ sums: await sumVerdicts(db, clock.now()), unplaced: await listUnplaced(db, 100) }),
  )
  app.get(
    '/bounces/figures',
    {
      config: reads,
      schema: operation({
        summary:
          'What came back over days: by class, complaints by domain against 0.1 and 0.3 %, and by relay',
        querystring: Type.Object(
          { days: Type.Integer({ minimum: 1, maximum: 90, default: 7 }) },
          { additionalProperties: false },
        ),
        response: { 200: figures },
      }),
    },
    async ({ query: { days } }) => {
      const now = clock.now()
      return {
        days: await returnsByDay(db, days, now),
        domains: await complaintRates(db, days, now),
        relays: await returnsByRelay(db, days, now),
      }
    },
  )
  app.get(
    '/bounces/:id',
    {
      config: reads,
      schema: operation({
        summary: 'One verdict',
        params: Type.Object({ id }),
        response: { 200: verdict },
        problems: ['not-found'],
      }),
    },
    (request) => readVerdict(db, request.params.id),
  )
  app.post(
    '/bounces/unplaced/:id/unsubscribe',
    {
      config: { scope: 'bounces:write' },
      schema: operation({
        summary: 'Unsubscribe the reader who asks for it in a reply',
        headers: idempotencyKey,
        params: Type.Object({ id }),
        body: Type.Object(
          { reason: why },
          { additionalProperties: false, examples: [{ reason: 'asked in a reply' }] },
        ),
        response: { 200: Type.Object({ subscriberId: Type.Integer() }) },
        problems: ['not-found', ...postProblems],
      }),
    },
    (request) =>
      db.transaction('request', (tx) => leaveByReply(tx, services, request.params.id, authorOf(request))),
  )
  app.post(
    '/bounces/undo',
    {
      config: { scope: 'bounces:write' },
      schema: operation({
        summary: 'Take verdicts back with what they did: one by its id, or all of a domain, a class, a time',
        headers: idempotencyKey,
        body: Type.Object(
          {
            id: Type.Optional(id),
            ...filters,
            since: Type.Optional(instant),
            until: Type.Optional(instant),
            reason: why,
          },
          {
            additionalProperties: false,
            examples: [{ domain: 'outlook.com', since: '2026-08-04T09:00:00Z', reason: 'a fault of theirs' }],
          },
        ),
        response: { 200: Type.Object({ undone: Type.Integer() }) },
        problems: ['not-found', ...postProblems],
      }),
    },
    (request) => {
      const { reason: _, since, until, ...which } = request.body
      const times = { since: since ? new Date(since) : undefined, until: until ? new Date(until) : undefined }
      return db.transaction('bulk', (tx) => undo(tx, clock, { ...which, ...times }, authorOf(request)))
    },
  )
}
