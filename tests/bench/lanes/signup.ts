/** Sign-ups: as many a second as Fastify with one insert takes, and an answer that tells nothing by its time. */
import type { Context, Lane, Row } from '../lane.js'
import { sameDistribution } from '../rank-test.js'
import { connections, type SignupServer, signUp, startSignups, stopSignups } from '../signup-server.js'

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

async function throughput(context: Context): Promise<Row[]> {
  const seconds = context.quick ? 1 : 5
  const best = { ours: 0, bare: 0 }
  for (let round = 0; round < 2; round += 1) {
    for (const kind of ['bare', 'ours'] as const) {
      context.tell(`signing up over ${connections} connections, ${kind}`)
      const server = await startSignups(context, kind)
      await rate(server, `warm${round}`, seconds / 2)
      best[kind] = Math.max(best[kind], await rate(server, `${kind}${round}`, seconds))
      await stopSignups(server)
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
async function rate(server: SignupServer, name: string, seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1000
  let done = 0
  const worker = async () => {
    while (performance.now() < end) {
      const { status } = await signUp(server, `${name}-${(done += 1)}@readers.example`)
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
  const server = await startSignups(context, 'ours')
  await rate(server, 'warm-up', 1)
  const times = { known: [] as number[], unknown: [] as number[] }
  const bodies = new Set<string>()
  const order = Array.from({ length: 2 * tries }, (_, i) => i).sort(() => Math.random() - 0.5)
  for (const i of order) {
    const kind = i % 2 ? 'known' : 'unknown'
    const began = performance.now()
    const { body } = await signUp(server, `${kind}-${i >> 1}@readers.example`)
    times[kind].push(performance.now() - began)
    bodies.add(body)
  }
  await stopSignups(server)
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
