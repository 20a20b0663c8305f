/** Starts the server of a place or joins the one that runs; the last to leave stops it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { messageOf, Problem } from '../../errors.js'
import { text } from '../queries/sql-types.js'
import { runStatement, statement } from '../queries/statement.js'
import { runAs, serverEnvironment } from './account.js'
import type { Place } from './place.js'

/** Postgres settings for one start, such as `{ fsync: 'off' }`. */
export type Settings = Record<string, string>

/** A connection that says: somebody uses this server. It ends with its process, however that ends. */
export type Hold = { client: pg.Client; port: number; password: string }

/** The name of connections that say so. */
export const holder = 'daily-papers holder'
// Taken while holders are counted and while one enters, so that nobody joins a server that is being stopped.
export const gate = 7_209_114_508
const patience = 60_000
const graceMs = 3_000

const dataDirectory = statement({
  text: `SELECT current_setting('data_directory') AS folder`,
  parameters: [],
  columns: { folder: text },
})

/**
 * Holds the server of a place, starting it when it doesn't run.
 * @param port the only port that will do, once others know it
 * @throws Problem `unavailable` with the end of the server's log
 */
export async function holdServer(place: Place, settings: Settings, port?: number): Promise<Hold> {
  const password = await readFile(join(place.folder, 'password'), 'utf8')
  const begun = Date.now()
  let absentSince = begun
  while (Date.now() - begun < patience) {
    const running = await readPostmaster(place)
    const found = running ? await tryHold(place, running.port, password) : 'absent'
    if (typeof found === 'object') return { client: found, port: found.port, password }
    if (found === 'busy') absentSince = Date.now()
    else if (!running?.alive || Date.now() - absentSince > graceMs) await startServer(place, settings, port)
    await sleep(50)
  }
  throw new Problem('unavailable', `The embedded Postgres in ${place.folder} did not answer in a minute.`)
}

/** Gives the hold back; stops the server when nobody else holds it. */
export async function releaseServer(place: Place, { client }: Hold): Promise<void> {
  try {
    await client.query('SELECT pg_advisory_lock($1)', [gate])
    const others = await client.query(
      'SELECT 1 FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()',
      [holder],
    )
    if (others.rowCount === 0) return await stopServer(place)
    // The next to leave must not count this connection while it is still closing.
    await client.query(`SET application_name = 'daily-papers leaving'`)
  } catch {
    // The server is gone already, or going.
  } finally {
    await client.end().catch(() => {})
  }
}

type Postmaster = { pid: number; alive: boolean; port: number; listens: boolean }

/** What the lock file of a running server says; undefined when there is none. */
async function readPostmaster(place: Place): Promise<Postmaster | undefined> {
  const text = await readFile(join(place.folder, 'cluster', 'postmaster.pid'), 'utf8').catch(() => '')
  const lines = text.split('\n')
  const [pid, port] = [Number(lines[0]), Number(lines[3])]
  if (!(pid > 0 && port > 0)) return undefined
  return { pid, alive: isAlive(pid), port, listens: Boolean(lines[5]?.trim()) }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** `busy` while it starts or stops; `absent` when nothing, or somebody else's server, answers there. */
async function tryHold(place: Place, port: number, password: string): Promise<pg.Client | 'busy' | 'absent'> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password,
    database: 'postgres',
    application_name: holder,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('SELECT pg_advisory_lock_shared($1)', [gate])
    const [serves] = await runStatement(client, dataDirectory, [])
    await client.query('SELECT pg_advisory_unlock_shared($1)', [gate])
    if (serves?.folder === join(place.folder, 'cluster')) return client
    await client.end()
    return 'absent'
  } catch (error) {
    await client.end().catch(() => {})
    // Class 57: starting up, or shutting down.
    return (error as { code?: string }).code?.startsWith('57') ? 'busy' : 'absent'
  }
}

const triesForPort = 5

/** Starts the server; says nothing when another process was first, as the next look will show it. */
async function startServer(place: Place, settings: Settings, fixedPort: number | undefined): Promise<void> {
  const remembered = Number(await readFile(join(place.folder, 'port'), 'utf8').catch(() => '0'))
  for (let tries = 0; tries < triesForPort; tries += 1) {
    const port = fixedPort ?? (tries === 0 && remembered ? remembered : await freePort())
    const fault = await launch(place, port, settings)
    if (fault === undefined) return writeFile(join(place.folder, 'port'), String(port))
    if (/postmaster\.pid" already exists/.test(fault)) return
    const portTaken = /could not bind|Address already in use/i.test(fault)
    if (!portTaken || fixedPort !== undefined) {
      throw new Problem('unavailable', `The embedded Postgres did not start: ${messageOf(fault)}`)
    }
  }
}

/**
 * Launches the server in a session of its own, so that no signal meant for this process reaches it.
 * @returns what it logged when it ended at once; undefined once it has its lock file
 */
async function launch(place: Place, port: number, settings: Settings): Promise<string | undefined> {
  const { folder, account, binaries } = place
  const log = await open(join(folder, 'server.log'), 'a', 0o600)
  const { size } = await log.stat()
  const options = Object.entries(settings).map(([name, value]) => `--${name}=${value}`)
  const args = ['-D', join(folder, 'cluster'), '-p', String(port), ...options]
  const server = spawn(join(binaries.folder, 'bin', 'postgres'), args, {
    ...account,
    cwd: folder,
    env: serverEnvironment(),
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    windowsHide: true,
  })
  server.unref()
  const ended = once(server, 'exit').then(() => 'ended' as const)
  const outcome = await Promise.race([ended, lockFileOf(place, server.pid)])
  await log.close()
  if (outcome !== 'ended') return undefined
  const said = (await readFile(join(folder, 'server.log'), 'utf8')).slice(size).trim()
  return said.split('\n').slice(-6).join('\n') || `it ended with ${server.exitCode ?? server.signalCode}`
}

/** The lock file gets its port line and a status once the server listens. */
async function lockFileOf(place: Place, pid: number | undefined): Promise<void> {
  for (let waited = 0; waited < patience; waited += 20) {
    const running = await readPostmaster(place)
    if (running && running.pid === pid && running.listens) return
    await sleep(20)
  }
}

/** Fast shutdown: ends other sessions, writes a checkpoint, waits until the server is gone. */
async function stopServer({ folder, account, binaries }: Place): Promise<void> {
  const program = join(binaries.folder, 'bin', 'pg_ctl')
  const args = ['stop', '--mode=fast', '--wait', '--timeout=8', `--pgdata=${join(folder, 'cluster')}`]
  await runAs(account, program, args, folder)
}

function freePort(): Promise<number> {
  const probe = createServer()
  return new Promise((resolve, reject) => {
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(address && typeof address === 'object' ? address.port : 0))
    })
  })
}
