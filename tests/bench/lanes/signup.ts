/** Sign-ups: as many a second as Fastify with one insert takes, and an answer that tells nothing by its time. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { boundless } from '../../support/readers.js'
import type { Context, Lane, Row } from '../lane.js'
import { sameDistribution } from '../rank-test.js'

const program = fileURLToPath(new URL('../processes/signup-server.mjs', import.meta.url))

/** Each answer of ours waits for a moment, so it takes many at once to keep both servers busy. */
const connections = 256

export const signup: Lane = {
  name: 'signup',
  run: async (context) => {
    await context.db.sql('CREATE TABLE bare_signup (id serial PRIMARY KEY, email text NOT NULL)')
    const rows = [...(await throughput(context)), ...(await timing(context))]
    await context.db.sql('DROP TABLE bare_signup')
    await context.db.sql('TRUNCATE subscriber, signup_guard, signup_count, delivery CASCADE')
    return rows
  },
}

type Server = { port: number; child: ChildProcess; agent: Agent }

async function start({ databaseUrl }: Context, kind: 'ours' | 'bare'): Promise<Server> {
  const child = fork(program, { env: { ...process.env, NODE_ENV: 'production' } })
  child.send({ kind, databaseUrl, limits: boundless })
  const died = once(child, 'exit').then(() => {
    throw new Error('the server that was to be measured died')
  })
  const [{ port }] = (await Promise.race([once(child, 'message'), died])) as [{ port: number }]
  died.catch(() => {})
  return { port, child, agent: new Agent({ keepAlive: true, maxSockets: connections }) }
}

async function stop({ child, agent }: Server): Promise<void> {
  agent.destroy()
  child.send('stop')
  await once(child, 'exit')
}

async function throughput(context: Context): Promise<Row[]> {
  const seconds = context.quick ? 1 : 5
  const best = { ours: 0, bare: 0 }
  for (let round = 0; round < 2; round += 1) {
    for (const kind of ['bare', 'ours'] as const) {
      context.tell(`signing up over ${connections} connections, ${kind}`)
      const server = await start(context, kind)
      await rate(server, `warm${round}`, seconds / 2)
      best[kind] = Math.max(best[kind], await rate(server, `${kind}${round}`, seconds))
      await stop(server)
    }
  }
  return [
    { lane: 'Fastify with one bare insert', value: best.bare, unit: 'requests/s' },
    {
      lane: 'sign-up',
      value: best.ours,
      unit: 'requests/s',
      peer: 'Fastify with one bare insert',
      ratio: best.ours / best.bare,
      target: '>= 0.7',
    },
  ]
}

/** Answers a second, each for an address of its own. */
async function rate(server: Server, name: string, seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1000
  let done = 0
  const worker = async () => {
    while (performance.now() < end) {
      const { status } = await post(server, `${name}-${(done += 1)}@readers.example`)
      if (status !== 202) throw new Error(`a sign-up was answered with ${status}`)
    }
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: connections }, worker))
  return (done / (performance.now() - began)) * 1000
}

/** Known and unknown addresses in random order, one after the other: what an eavesdropper could time. */
async function timing(context: Context): Promise<Row[]> {
  const tries = context.quick ? 100 : 500
  context.tell(`timing ${tries} known and ${tries} unknown addresses`)
  await context.db.sql(
    `INSERT INTO subscriber (email, email_key, domain, status, confirmed_at)
     SELECT 'known-' || i || '@readers.example', 'known-' || i || '@readers.example', 'readers.example', 'active', now()
     FROM generate_series(0, $1 - 1) AS i`,
    [tries],
  )
  await context.db.sql('VACUUM ANALYZE')
  const server = await start(context, 'ours')
  await rate(server, 'warm-up', 1)
  const times = { known: [] as number[], unknown: [] as number[] }
  const bodies = new Set<string>()
  const order = Array.from({ length: 2 * tries }, (_, i) => i).sort(() => Math.random() - 0.5)
  for (const i of order) {
    const kind = i % 2 ? 'known' : 'unknown'
    const began = performance.now()
    const { body } = await post(server, `${kind}-${i >> 1}@readers.example`)
    times[kind].push(performance.now() - began)
    bodies.add(body)
  }
  await stop(server)
  if (bodies.size !== 1) throw new Error('known and unknown addresses are answered with different bodies')
  return [
    { lane: 'answer to an unknown address', value: median(times.unknown), unit: 'ms' },
    { lane: 'answer to a known address', value: median(times.known), unit: 'ms' },
    {
      lane: `rank test over ${tries} tries each`,
      value: sameDistribution(times.known, times.unknown),
      unit: 'p',
      target: '>= 0.01',
    },
  ]
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

function post({ port, agent }: Server, email: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const payload = JSON.stringify({ email })
    const sent = request(
      {
        port,
        agent,
        host: '127.0.0.1',
        method: 'POST',
        path: '/api/v1/subscribers',
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) },
      },
      (answer) => {
        let body = ''
        answer.on('data', (chunk: Buffer) => (body += chunk.toString()))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }))
      },
    )
    sent.on('error', reject)
    sent.end(payload)
  })
}
