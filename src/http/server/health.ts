/** Whether the process is alive, and whether it can do its work. */
import { Type } from 'typebox'
import { awayBy, awayWords } from '../../db/fitness/away.js'
import { requireFit } from '../../db/fitness/fit.js'
import { pendingMigrations } from '../../db/migrations/history.js'
import { messageOf, Problem } from '../../errors.js'
import type { Services } from '../../services.js'
import type { Routes } from '../contract/routes.js'
import { problems } from '../contract/schemas.js'
import { seenSchema } from '../../operations/doctor/probe.js'
import { seenBy } from './probe.js'

export const healthRoutes: Routes = async (app, { services }) => {
  const whyNotReady = openReadiness(services)
  app.get('/healthz', { schema: aliveSchema }, async (request, reply) => {
    reply.header('cache-control', 'no-store')
    const seen = seenBy(services, request)
    return { status: 'alive' as const, ...(seen && { seen }) }
  })
  app.get('/readyz', { schema: readySchema }, async (_request, reply) => {
    reply.header('cache-control', 'no-store')
    const reason = await whyNotReady()
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

/** The address is open to everybody, so that it may write no more often than this. */
const roomEveryMs = 30_000

/** Null when ready. The reasons name no host. */
function openReadiness({ db, log }: Services): () => Promise<string | null> {
  let roomAt = Number.NEGATIVE_INFINITY
  return async () => {
    const room = performance.now() - roomAt > roomEveryMs
    if (room) roomAt = performance.now()
    try {
      await requireFit(db, room)
      const pending = await pendingMigrations(db)
      if (pending.length === 0) return null
      return `The database lacks ${pending.length} migrations: ${pending.join(', ')}.`
    } catch (error) {
      roomAt = Number.NEGATIVE_INFINITY
      log.warn({ fault: messageOf(error) }, 'not ready')
      return reasonOf(error)
    }
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Problem ? error.cause : error
  // What we found ourselves has no cause, and names no host.
  return cause === undefined ? messageOf(error) : awayWords[awayBy(cause) ?? 'unreachable']
}
