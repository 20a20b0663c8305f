/** An import over the admin API: how long a hundred thousand rows take, and what they cost the server in memory. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Context, Lane, Row } from '../lane.js'

const program = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url))
const key = 'an-admin-key-for-the-benchmark-0123456789'
const badEvery = 1000

export const imports: Lane = {
  name: 'import',
  run: async (context) => {
    const count = context.quick ? 10_000 : 100_000
    const server = await startServer(context)
    try {
      // A server in use has its code compiled and its connections open.
      await load(server, fileOf(2_000, 'warm'))
      const before = await memoryOf(server.pid)
      let peak = before
      const watch = setInterval(
        () => void memoryOf(server.pid).then((now) => (peak = Math.max(peak, now))),
        50,
      )
      context.tell(`importing ${count} rows over the admin API`)
      const began = performance.now()
      const run = await load(server, fileOf(count, 'reader'))
      const seconds = (performance.now() - began) / 1000
      clearInterval(watch)
      return rowsOf(run, count, seconds, peak - before)
    } finally {
      await server.stop()
      await context.db.sql('TRUNCATE subscriber, import_run, consent, delivery CASCADE')
    }
  },
}

function rowsOf(run: Run, count: number, seconds: number, growth: number): Row[] {
  const lane = `import of ${count.toLocaleString('en')} rows`
  const missing = count - run.added - run.faulty + Math.abs(run.faulty - count / badEvery)
  return [
    { lane, value: seconds, unit: 's', target: '<= 30' },
    { lane: `${lane}, memory growth`, value: growth, unit: 'MB', target: '<= 50' },
    { lane: `${lane}, rows neither in nor reported`, value: missing, unit: 'rows', target: '<= 0' },
  ]
}

function fileOf(count: number, name: string): string {
  const lines = Array.from({ length: count }, (_, i) =>
    i % badEvery === 7 ? 'bad,' : `${name}${i}@example.org,`,
  )
  return `email,status\n${lines.join('\n')}\n`
}

type Server = { url: string; pid: number; stop(): Promise<void> }
type Run = { id: number; status: string; added: number; faulty: number }

async function startServer({ databaseUrl, folder }: Context): Promise<Server> {
  const env = { ...process.env, DATABASE_URL: databaseUrl, DATA_DIR: folder, ADMIN_KEY: key, PORT: '0' }
  const child = spawn(process.execPath, [program, 'api'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const died = once(child, 'exit').then(() => {
    throw new Error('the server that was to be measured died')
  })
  died.catch(() => {})
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const listening = async () => {
    for (;;) {
      const url = /Listening on (\S+)/.exec(said)?.[1]
      if (url) return url
      await wait(50)
    }
  }
  const url = await Promise.race([listening(), died])
  const stop = async () => {
    child.kill('SIGTERM')
    await died.catch(() => {})
  }
  return { url: `${url}/api/v1/admin`, pid: child.pid ?? 0, stop }
}

async function load({ url }: Server, csv: string): Promise<Run> {
  const authorization = `Bearer ${key}`
  const headers = { authorization, 'content-type': 'text/csv' }
  const begun = await fetch(`${url}/imports`, { method: 'POST', headers, body: csv })
  if (begun.status !== 202) throw new Error(`the import was answered with ${begun.status}`)
  const { id } = (await begun.json()) as Run
  for (;;) {
    const run = (await (await fetch(`${url}/imports/${id}`, { headers: { authorization } })).json()) as Run
    if (run.status === 'done') return run
    if (run.status !== 'running') throw new Error(`the import is ${run.status}`)
    await wait(50)
  }
}

/** Megabytes resident, as the kernel sees it; 0 where there is no /proc. */
async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/VmRSS:\s*(\d+)/.exec(status)?.[1] ?? 0) / 1024
}
