/** Whether the process is alive, and whether it can do its work. */
import { Type } from 'typebox'
import { requireReachable } from '../../db/client.js'
import { pendingMigrations } from '../../db/migrate.js'
import { messageOf, Problem } from '../../errors.js'
import type { Services } from '../../services.js'
import type { Routes } from '../contract/routes.js'
import { problems } from '../contract/schemas.js'
import { seenBy, seenSchema } from './probe.js'

export const healthRoutes: Routes = async (app, { services }) => {
  app.get('/healthz', { schema: aliveSchema }, async (request, reply) => {
    reply.header('cache-control', 'no-store')
    const seen = seenBy(services, request)
    return { status: 'alive' as const, ...(seen && { seen }) }
  })
  app.get('/readyz', { schema: readySchema }, async (_request, reply) => {
    reply.header('cache-control', 'no-store')
    const reason = await whyNotReady(services)
    if (reason) throw new Problem('unavailable', reason)
    return { status: 'ready' as const }
  })
}

const alive = Type.Object({ status: Type.Literal('alive'), seen: Type.Optional(seenSchema) })

const aliveSchema = {
  summary: 'Alive',
  description: 'Answers as long as the process does; asks nothing of the database.',
  tags: ['service'],
  response: { 200: { description: 'Alive', ...alive }, ...problems() },
}

const readySchema = {
  summary: 'Ready',
  description: 'The database can be reached and has all migrations.',
  tags: ['service'],
  response: {
    200: { description: 'Ready', ...Type.Object({ status: Type.Literal('ready') }) },
    ...problems('unavailable'),
  },
}

/** Null when ready. The reasons name no host: the address is open to everybody. */
async function whyNotReady(services: Services): Promise<string | null> {
  try {
    await requireReachable(services.db)
    const pending = await pendingMigrations(services.db)
    return pending.length === 0
      ? null
      : `The database lacks ${pending.length} migrations: ${pending.join(', ')}.`
  } catch (error) {
    services.log.warn({ fault: messageOf(error) }, 'not ready')
    return 'The database cannot be reached.'
  }
}
