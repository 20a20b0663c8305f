/** How the service is: statistics, sources, relays, settings. */
import { Type } from 'typebox'
import { readThrottles } from '../../../deliveries/throttle/throttle-store.js'
import { sourceHealth } from '../../../papers/sources/health.js'
import { addressCheck } from '../../../subscribers/admission/accept-address.js'
import type { Routes } from '../../contract/routes.js'
import { authorOf } from '../guard/auth.js'
import { requireMatch, withEtag } from '../guard/etag.js'
import { changeProblems, ifMatch, operation, why } from '../guard/schemas.js'
import { day, instant, orNull } from '../../contract/json-schemas.js'
import { readSettings, settingsSchema, writeSettings } from '../../../operations/settings.js'
import { byDomain, byEdition, growth, workers } from '../../../operations/figures/statistics.js'

const count = Type.Integer()
const fate = {
  owed: count,
  accepted: count,
  deferred: count,
  rejected: count,
  leftOut: count,
  unsubscribed: count,
}
const days = Type.Integer({ minimum: 1, maximum: 366, default: 30 })
const limit = Type.Integer({ minimum: 1, maximum: 200, default: 30 })
const itemsOf = <const T extends Parameters<typeof Type.Object>[0]>(item: T) =>
  Type.Object({ items: Type.Array(Type.Object(item)) })

const source = {
  source: Type.String(),
  state: Type.Enum(['good', 'failing', 'never-asked']),
  lastSuccessAt: orNull(instant),
  lastFaultAt: orNull(instant),
  lastFault: orNull(Type.String()),
  failuresInARow: orNull(count),
  lagSeconds: orNull(count),
  daysBehind: orNull(count),
}

const worker = {
  worker: Type.String(),
  seenAt: instant,
  perSecond: Type.Number(),
  sent: count,
  relays: Type.Array(
    Type.Object({
      name: Type.String(),
      state: Type.Enum(['up', 'down']),
      fault: orNull(Type.String()),
      connections: count,
      smtpUtf8: Type.Optional(orNull(Type.Boolean())),
    }),
  ),
}

const throttle = {
  scope: Type.Enum(['overall', 'relay', 'domain']),
  key: Type.String(),
  rate: Type.Number(),
  ceiling: orNull(Type.Number()),
  slowedAt: orNull(instant),
}

export const serviceRoutes: Routes = async (app, { services }) => {
  const { db, clock } = services
  const list = { scope: 'editions:read' } as const

  app.get(
    '/statistics/growth',
    {
      config: { scope: 'subscribers:read' },
      schema: operation({
        summary: 'How many joined, left and were there, day by day',
        querystring: Type.Object({ days }, { additionalProperties: false }),
        response: { 200: itemsOf({ day, active: count, joined: count, left: count }) },
      }),
    },
    async (request) => ({ items: await growth(db, request.query.days, clock.now()) }),
  )

  app.get(
    '/statistics/editions',
    {
      config: list,
      schema: operation({
        summary: 'How the mail of the last editions fared',
        querystring: Type.Object({ limit }, { additionalProperties: false }),
        response: { 200: itemsOf({ period: Type.String(), ...fate }) },
      }),
    },
    async (request) => ({ items: await byEdition(db, request.query.limit) }),
  )

  app.get(
    '/statistics/domains',
    {
      config: list,
      schema: operation({
        summary: 'How mail fared by recipient domain, those with most of it first',
        querystring: Type.Object({ days, limit }, { additionalProperties: false }),
        response: { 200: itemsOf({ domain: Type.String(), ...fate }) },
      }),
    },
    async (request) => ({
      items: await byDomain(db, request.query.days, request.query.limit, clock.now()),
    }),
  )

  app.get(
    '/sources',
    {
      config: { scope: 'papers:read' },
      schema: operation({ summary: 'How the sources of papers do', response: { 200: itemsOf(source) } }),
    },
    async () => ({ items: await sourceHealth(db, clock) }),
  )

  app.get(
    '/relays',
    {
      config: list,
      schema: operation({
        summary: 'The sending processes and their relays',
        response: { 200: itemsOf(worker) },
      }),
    },
    async () => ({ items: await workers(db, clock.now()) }),
  )

  app.get(
    '/throttles',
    {
      config: list,
      schema: operation({
        summary:
          'Bounds on sending, in messages a second, that all workers share: overall, by relay, by domain',
        response: { 200: itemsOf(throttle) },
      }),
    },
    async () => ({ items: await readThrottles(db) }),
  )

  app.get(
    '/settings',
    {
      config: list,
      schema: operation({ summary: 'What is set at run time', response: { 200: settingsSchema } }),
    },
    async (_request, reply) => withEtag(reply, await readSettings(db)),
  )

  app.put(
    '/settings',
    {
      config: { scope: 'editions:write' },
      schema: operation({
        summary: 'Set bounds of the gates, and where alerts go',
        headers: ifMatch,
        querystring: Type.Object({ reason: why }, { additionalProperties: false }),
        body: settingsSchema,
        response: { 200: settingsSchema },
        problems: [...changeProblems],
      }),
    },
    async (request, reply) => {
      const accept = addressCheck(services)
      for (const email of request.body.alerts.emails) await accept(email)
      const check = (found: object) => requireMatch(request, found)
      const settings = await db.transaction('request', (tx) =>
        writeSettings(tx, services.clock, request.body, authorOf(request), check),
      )
      return withEtag(reply, settings)
    },
  )
}
