/** The embedded Postgres: kept data, joining, crashes, and that it leaves no process behind. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDb } from '../../src/db/client.js'
import { type OpenedDatabase, openDatabase } from '../../src/db/embedded/open.js'
import { silentLog } from '../../src/log.js'
import { openTemporaryFolder } from '../support/test-server.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

const options = { durable: false, settings: { fsync: 'off' }, lookSeconds: 1 }
const asRoot = process.getuid?.() === 0
let folder: string
let children: ChildProcess[]

beforeEach(async () => {
  folder = await mkdtemp(join(await openTemporaryFolder(), 'daily-papers-embedded-'))
  await chmod(folder, 0o755)
  children = []
})

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  const last = await open().catch(() => undefined)
  await last?.close()
  await rm(folder, { recursive: true, force: true })
})

const open = (dataDir = join(folder, 'data')): Promise<OpenedDatabase> =>
  openDatabase({ databaseUrl: undefined, dataDir }, silentLog, { ...options, shared: join(folder, 'shared') })

async function query<R extends Record<string, unknown>>(url: string, text: string): Promise<R[]> {
  const db = openDb(url, silentLog, { connections: 1 })
  try {
    return await db.sql<R>(text)
  } finally {
    await db.close()
  }
}

async function postmaster(dataDir = join(folder, 'data')): Promise<number> {
  return Number((await readFile(join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8')).split('\n')[0])
}

/**
 * A process that has ended and waits to be reaped by its parent is not alive. To be polled for an end: pg_ctl
 * comes back once the lock file is gone, a moment before the process is.
 */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** Another process that holds the database of the same folder until it is killed; it prints the URL. */
async function startOther(): Promise<{ child: ChildProcess; url: string }> {
  const module = new URL('../../dist/db/embedded/open.js', import.meta.url).href
  const code = `
    const { openDatabase } = await import(${JSON.stringify(module)})
    const quiet = { debug() {}, info() {}, warn() {}, error() {}, child() { return quiet } }
    const options = { durable: false, settings: { fsync: 'off' }, lookSeconds: 1, shared: ${JSON.stringify(join(folder, 'shared'))} }
    const database = await openDatabase({ dataDir: ${JSON.stringify(join(folder, 'data'))} }, quiet, options)
    process.on('SIGTERM', () => database.close().then(() => process.exit(0)))
    setInterval(() => {}, 1000)
    process.stdout.write(database.url)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const [url] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, url: url.toString() }
}

describe('the embedded Postgres', () => {
  it('ends by itself when its last holder was killed, and not while somebody holds it', {
    timeout: 60_000,
  }, async () => {
    const { child } = await startOther()
    const server = await postmaster()
    const here = await open()
    child.kill('SIGKILL')
    await once(child, 'exit')
    // Three looks are over by then.
    await new Promise((resolve) => setTimeout(resolve, 5_000))
    expect(await query(here.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await here.close()
    await expect.poll(() => isAlive(server)).toBe(false)

    const last = await startOther()
    const again = await postmaster()
    last.child.kill('SIGKILL')
    await expect.poll(() => isAlive(again), { timeout: 30_000 }).toBe(false)
    // It was stopped in order: the next start has nothing to recover.
    expect(await readFile(join(folder, 'data/postgres/server.log'), 'utf8')).not.toMatch(
      /not properly shut down/,
    )
  })

  it('keeps its data, port and password between starts and leaves no process', async () => {
    const first = await open()
    const server = await postmaster()
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    await first.close()
    await expect.poll(() => isAlive(server)).toBe(false)

    const second = await open()
    expect(second.url).toBe(first.url)
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
    await second.close()
  })

  it('listens on loopback alone and wants the password', async () => {
    const { url, close } = await openBound()
    const [row] = await query<{ a: string; s: string }>(
      url,
      `SELECT current_setting('listen_addresses') a, current_setting('unix_socket_directories') s`,
    )
    expect(row).toEqual({ a: '127.0.0.1', s: '' })
    const wrong = new URL(url)
    wrong.password = 'guess'
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/)
    await close()
  })

  it('is joined by two first starts at once, and the last to leave stops it', async () => {
    const [one, two] = await Promise.all([open(), open()])
    expect(one.url).toBe(two.url)
    const server = await postmaster()
    await one.close()
    expect(await query(two.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await two.close()
    await expect.poll(() => isAlive(server)).toBe(false)
    expect(await readdir(join(folder, 'data'))).toEqual(['postgres'])
  })

  it('is stopped when all its users leave at the same time', async () => {
    const users = await Promise.all([open(), open(), open()])
    const server = await postmaster()
    await Promise.all(users.map((user) => user.close()))
    await expect.poll(() => isAlive(server)).toBe(false)
  })

  it('survives kill -9 of the process that started it, and stops with the one that joined', async () => {
    const other = await startOther()
    const server = await postmaster()
    other.child.kill('SIGKILL')
    await once(other.child, 'exit')
    expect(isAlive(server)).toBe(true)

    const joined = await open()
    expect(joined.url).toBe(other.url)
    expect(await postmaster()).toBe(server)
    await joined.close()
    await expect.poll(() => isAlive(server)).toBe(false)
  })

  it('stays while another process uses it, and goes with that one', async () => {
    const mine = await open()
    const server = await postmaster()
    const other = await startOther()
    await mine.close()
    expect(isAlive(server)).toBe(true)
    other.child.kill('SIGTERM')
    await once(other.child, 'exit')
    await expect.poll(() => isAlive(server)).toBe(false)
  })

  it('comes back on the same port when the server itself is killed', async () => {
    const { url, close } = await openBound()
    const server = await postmaster()
    process.kill(server, 'SIGKILL')
    await expect
      .poll(() => query(url, 'SELECT 1 AS one').catch(() => []), { timeout: 20_000 })
      .toHaveLength(1)
    expect(await postmaster()).not.toBe(server)
    await close()
  })

  it('takes another port when its own is taken', async () => {
    const first = await open()
    await first.close()
    const port = Number(new URL(first.url).port)
    const { createServer } = await import('node:net')
    const squatter = createServer().listen(port, '127.0.0.1')
    await once(squatter, 'listening')
    const second = await open()
    expect(new URL(second.url).port).not.toBe(String(port))
    await second.close()
    squatter.close()
  })

  it('is not misled by what a crash in the middle of initdb left behind', async () => {
    const left = join(folder, 'data/postgres-init-AbCdEf/cluster')
    await mkdir(left, { recursive: true })
    await writeFile(join(left, 'PG_VERSION'), '18\n')
    const { url, close } = await openBound()
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await close()
  })

  it('says what to do about a cluster of another version and a link to nowhere', async () => {
    const first = await open()
    await first.close()
    await writeFile(join(folder, 'data/postgres/cluster/PG_VERSION'), '17\n')
    await expect(open()).rejects.toThrow(/made by Postgres 17, and this is 18: dump it/)
    await mkdir(join(folder, 'other'))
    await symlink('/nowhere', join(folder, 'other/postgres'))
    await expect(open(join(folder, 'other'))).rejects.toThrow(/leads to a database that is gone/)
  })

  it.skipIf(!asRoot)('as root: runs from a folder that only root may enter', async () => {
    const privateFolder = await mkdtemp(join(homedir(), 'daily-papers-private-'))
    try {
      const first = await open(privateFolder)
      await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one')
      const server = await postmaster(privateFolder)
      await first.close()
      await expect.poll(() => isAlive(server)).toBe(false)
      const second = await open(privateFolder)
      expect(await query(second.url, 'SELECT one FROM kept')).toHaveLength(1)
      await second.close()
    } finally {
      await rm(privateFolder, { recursive: true, force: true })
    }
  })
})

async function openBound(): Promise<{ url: string; close: () => Promise<void> }> {
  const opened = await open()
  return { url: opened.url, close: () => opened.close() }
}
