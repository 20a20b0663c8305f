/** Where a night happens: database behind a pooler, source, relay behind a door, proxy, and the processes of the service. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addDays, utcDay } from '../../../src/clock.js'
import { type Db, openDb } from '../../../src/db/client.js'
import { migrate } from '../../../src/db/migrations/migrate.js'
import { silentLog } from '../../../src/log.js'
import { distinctPapers } from '../../support/distinct-papers.js'
import { type HttpProxy, startHttpProxy } from '../../support/http-proxy.js'
import { type HubStandIn, startHubStandIn } from '../../support/hub-stand-in.mjs'
import { startPooler, withoutPooler } from '../../support/pooler.js'
import { openSmallDisk, type SmallDisk } from '../../support/small-disk.js'
import { openDrillDatabase } from '../database.js'
import { openSink, type Sink } from '../processes.js'
import { workerEnvironment } from '../scene.js'
import { type Gate, openGate } from './gate.js'
import { connections } from './night.js'
import { until } from '../../support/until.js'

type Which = 'api' | 'worker'

export type Night = {
  db: Db
  hub: HubStandIn
  sink: Sink
  gate: Gate
  proxy: HttpProxy
  disk: SmallDisk | null
  apiUrl: string
  /** What is not tried here, since this machine lacks it. */
  leftOut: string[]
  tell(line: string): void
  /** That time of the night, UTC. */
  at(time: string): Date
  /** Moves the night's clock on, and waits for a condition in SQL. */
  go(time: string, condition?: string): Promise<void>
  /** Sets the worker's machine so many milliseconds off. */
  moveClock(skew: number): void
  /** @throws when it does not come to that within the time. */
  until(condition: string, patienceMs?: number): Promise<void>
  untilServed(mails: number): Promise<void>
  /** Messages that the relay has taken. */
  taken(): Promise<number>
  start(which: Which): Promise<void>
  /** kill -9. */
  kill(which: Which): Promise<void>
  strike(): Promise<void>
  /** Until nothing more can be written; only where there is a small disk. */
  fillDisk(): Promise<void>
  keepCopy(): Promise<void>
  putBack(): Promise<void>
  /** As an operator does it, by the API through the proxy. */
  resume(): Promise<void>
  close(): Promise<void>
}

const adminKey = 'a-key-of-the-night-thirty-two-letters-long'
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export async function openNight(tell: (line: string) => void, delayMs: number): Promise<Night> {
  const disk = await openSmallDisk('500m')
  const database = await openDrillDatabase(disk?.folder)
  const pooler = withoutPooler ? null : await startPooler(database.url)
  const today = utcDay(new Date())
  const at = (time: string) => new Date(`${today}T${time}:00Z`)
  let told = { ahead: at('02:00').getTime() - Date.now(), skew: 0 }
  const now = () => new Date(Date.now() + told.ahead)

  await database.db.sql('CREATE DATABASE night')
  const direct = urlOf(database.url, 'night')
  const db = openDb(direct, silentLog, { connections: 3 })
  await migrate(db)
  const days = Object.fromEntries([1, 2, 3, 4].map((n) => [addDays(today, -n), distinctPapers(n, 20)]))
  const hub = await startHubStandIn({ days, now })
  const sink = await openSink({ seed: 1, deferred: 0, droppedAfterDot: 0, hung: 0, busy: 0, delayMs })
  const gate = await openGate({ host: '127.0.0.1', port: Number(new URL(sink.url).port) })
  const proxy = await startHttpProxy({ forwardedFor: '192.0.2.1', keepHost: true })
  const place = { url: pooler?.through(direct) ?? direct, folder: database.folder }
  const env = {
    ...workerEnvironment({ connections, leaseSeconds: 10 }, place, `smtp://127.0.0.1:${gate.port}`),
    PATH: process.env['PATH'] ?? '',
    NODE_ENV: 'production',
    PUBLIC_URL: proxy.url,
    TRUSTED_PROXIES: '127.0.0.1',
    PAPERS_API_URL: hub.url,
    ARXIV_API_URL: 'http://127.0.0.1:9',
    ADMIN_KEY: adminKey,
    PORT: '0',
    LOG_LEVEL: 'warn',
  }
  const children = new Map<Which, ChildProcess>()

  const night: Night = {
    db,
    hub,
    sink,
    gate,
    proxy,
    disk,
    apiUrl: '',
    leftOut: [...(pooler ? [] : ['the pooler']), ...(disk ? [] : ['the full disk'])],
    tell,
    at,
    go: async (time, condition) => {
      told = { ...told, ahead: at(time).getTime() - Date.now() }
      for (const child of children.values()) child.send({ ahead: told.ahead, skew: 0 })
      night.moveClock(told.skew)
      if (condition) await night.until(condition)
    },
    moveClock: (skew) => {
      told = { ...told, skew }
      children.get('worker')?.send(told)
    },
    until: async (condition, patienceMs = 90_000) => {
      const holds = async () => (await db.sql<{ yes: boolean }>(`SELECT (${condition}) AS yes`))[0]?.yes
      await until(holds, { within: patienceMs, every: 200, tell: () => condition })
    },
    taken: async () =>
      Object.values((await sink.report()).receipts).reduce((sum, one) => sum + one.acknowledged, 0),
    untilServed: async (mails) => {
      await until(async () => (await night.taken()) >= mails, { within: 600_000, every: 100 })
    },
    start: async (which) => {
      const args = [JSON.stringify(which === 'api' ? { ...told, skew: 0 } : told), which]
      const child = fork(here('./service.mjs'), args, { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
      child.stderr?.pipe(createWriteStream(join(database.folder, `${which}.log`), { flags: 'a' }))
      children.set(which, child)
      const [said] = (await once(child, 'message')) as [string]
      if (which !== 'api') return
      night.apiUrl = said
      proxy.lead(said)
    },
    kill: async (which) => {
      const child = children.get(which)
      if (!child || child.exitCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
      children.delete(which)
    },
    strike: () => database.strike('SIGQUIT'),
    fillDisk: async () => {
      disk?.fill()
      // What the server had laid up for its log is used up as well.
      const write = `SELECT pg_logical_emit_message(false, 'night', repeat('x', 1000000))`
      for (let wrote = true; wrote; )
        wrote = await database.db.sql(write).then(
          () => true,
          () => false,
        )
    },
    keepCopy: () => alone(database.db, 'night', () => database.db.sql('CREATE DATABASE kept TEMPLATE night')),
    putBack: () =>
      alone(database.db, 'night', async () => {
        await database.db.sql('ALTER DATABASE night RENAME TO lost')
        await database.db.sql('ALTER DATABASE kept RENAME TO night')
      }),
    resume: async () => {
      const headers = { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' }
      const body = JSON.stringify({ from: 'now', reason: 'the morning after' })
      const answer = await fetch(`${proxy.url}/api/v1/admin/sending/resume`, {
        method: 'POST',
        headers,
        body,
      })
      if (!answer.ok) throw new Error(`sending was not resumed: ${await answer.text()}`)
    },
    close: async () => {
      for (const which of children.keys()) await night.kill(which)
      await Promise.all([gate.shut(), proxy.close(), hub.close(), db.close()])
      sink.close()
      await pooler?.close()
      await database.close()
      await disk?.close()
    },
  }
  return night
}

/** With nobody else connected, and nobody let in meanwhile. */
async function alone(admin: Db, name: string, work: () => Promise<unknown>): Promise<void> {
  await admin.sql(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`)
  try {
    const left = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1'
    await until(async () => (await admin.sql(left, [name])).length === 0)
    await work()
  } finally {
    await admin.sql(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`)
  }
}

function urlOf(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}
