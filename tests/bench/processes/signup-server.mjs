/** A server that takes sign-ups: the built service, or Fastify with one bare insert; says where it listens. */
import fastify from 'fastify'
import { readConfig } from '../../../dist/config/config.js'
import { openDb } from '../../../dist/db/client.js'
import { silentLog } from '../../../dist/log.js'
import { openServices } from '../../../dist/services.js'
import { buildServer } from '../../../dist/http/server.js'

process.once('message', (message) => void serve(message))

async function serve({ kind, databaseUrl, limits }) {
  const app = kind === 'bare' ? await bareServer(databaseUrl) : await ourServer(databaseUrl, limits)
  await app.listen({ host: '127.0.0.1', port: 0 })
  process.once('message', () => process.exit(0))
  // A benchmark that fails must not leave it behind.
  process.once('disconnect', () => process.exit(0))
  process.send({ port: app.server.address().port })
}

async function ourServer(databaseUrl, limits) {
  const config = readConfig({
    DATABASE_URL: databaseUrl,
    SECRET_KEY: 'a secret for the benchmark, long enough',
  })
  const services = await openServices(config, databaseUrl, { log: silentLog })
  return buildServer({ ...services, limits })
}

async function bareServer(databaseUrl) {
  const db = openDb(databaseUrl, silentLog)
  const app = fastify()
  app.post('/api/v1/subscribers', async (request, reply) => {
    await db.sql('INSERT INTO bare_signup (email) VALUES ($1)', [request.body.email])
    return reply.code(202).send({ status: 'accepted' })
  })
  return app
}
