/** How commands end when nobody reads them any more, and when a source is out of reach: in order, soon, with a true status. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, expect, it } from 'vitest'
import { keepDay, manyPapers } from '../support/kept-days.js'
import { addReaders } from '../support/ledger.js'
import { startRelay } from '../support/relay-stand-in.js'
import { runCli, startCli } from '../support/run-cli.js'
import { testDatabase } from '../support/test-database.js'
import { openTemporaryFolder } from '../support/test-server.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

const program = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function dataDir(): Promise<string> {
  const folder = await mkdtemp(join(await openTemporaryFolder(), 'daily-papers-ends-'))
  closing.push(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Takes connections and says nothing. */
async function startSilence() {
  let asked = () => {}
  const first = new Promise<void>((resolve) => {
    asked = resolve
  })
  const sockets = new Set<{ destroy(): void }>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', asked)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, first }
}

it('a worker whose source does not answer ends within five seconds', { timeout: 90_000 }, async () => {
  const { url } = await testDatabase()
  const source = await startSilence()
  const env = {
    DATABASE_URL: url,
    DATA_DIR: await dataDir(),
    PAPERS_API_URL: source.url,
    ARXIV_API_URL: source.url,
  }
  const worker = startCli(['worker'], env)
  await worker.said(/The worker runs/)
  await source.first
  const begun = performance.now()
  worker.child.kill('SIGTERM')
  expect(await worker.ended).toBe(0)
  expect(performance.now() - begun).toBeLessThan(5_000)
  expect(worker.text()).not.toMatch(/after calling end|a job failed/)
})

it('an edition whose reader goes away stops in order, and does not say that it is out', {
  timeout: 90_000,
}, async () => {
  const { url, db } = await testDatabase()
  const answers: (() => void)[] = []
  const relay = await startRelay({
    body: async () => {
      await new Promise<void>((resolve) => answers.push(resolve))
      return '250 2.0.0 ok'
    },
  })
  closing.push(() => relay.close())
  await keepDay(db, '2026-08-04', manyPapers(5))
  await addReaders(db, 60)
  const env = { DATABASE_URL: url, DATA_DIR: await dataDir(), MAIL_URL: `${relay.url}?connections=2` }
  const sending = startCli(['edition', 'send', '--date', '2026-08-04'], env)
  await sending.said(/edition of 2026-08-04/, 60_000)
  await expect.poll(() => answers.length, { timeout: 20_000 }).toBeGreaterThan(0)
  // As `| head -1` does.
  sending.child.stderr.destroy()
  sending.child.stdout.destroy()
  const release = setInterval(() => {
    for (const answer of answers.splice(0, 1)) answer()
  }, 400)
  const status = await sending.ended
  clearInterval(release)
  expect(status).toBe(141)
  const [row] = await db.sql<{ accepted: number; claimed: number; sent: boolean }>(
    `SELECT (SELECT count(*)::int FROM mail_owed WHERE status = 'accepted') AS accepted,
      (SELECT count(*)::int FROM mail_owed WHERE status = 'claimed') AS claimed,
      (SELECT status = 'sent' FROM edition) AS sent`,
  )
  expect(row).toMatchObject({ claimed: 0, sent: false })
  expect(row?.accepted).toBe(relay.received.length)
})

it('leaves no embedded server behind when its output is closed', { timeout: 90_000 }, async () => {
  const folder = await dataDir()
  const script = `"$0" "$1" audit verify | true; "$0" "$1" audit verify 2>&1 >/dev/full | head -0; true`
  await promisify(execFile)('sh', ['-c', script, process.execPath, program], {
    env: { PATH: process.env['PATH'], DATA_DIR: folder },
  })
  const postmaster = join(folder, 'postgres/cluster/postmaster.pid')
  await expect.poll(() => existsSync(postmaster), { timeout: 5_000 }).toBe(false)
})

it('leaves no half mail in an outbox that is full', { timeout: 90_000 }, async () => {
  const { url, db } = await testDatabase()
  const folder = await dataDir()
  await keepDay(db, '2026-08-04', manyPapers(5))
  await addReaders(db, 3)
  const env = { PATH: process.env['PATH'] ?? '', DATABASE_URL: url, DATA_DIR: folder }
  expect(await runCli(['edition', 'build', '--date', '2026-08-04'], env)).toMatchObject({ status: 0 })
  // No file may grow beyond 4 kB, as on a disk that has no more room.
  const script = 'ulimit -f 4; exec "$0" "$1" worker'
  const child = execFile('bash', ['-c', script, process.execPath, program], { env })
  let said = ''
  child.stderr?.on('data', (chunk: string) => (said += chunk))
  await db.sql(`UPDATE edition SET send_at = now() - interval '1 hour'`)
  await expect.poll(() => said, { timeout: 30_000 }).toMatch(/too large|relay/i)
  child.kill('SIGTERM')
  await once(child, 'exit')
  expect(await readdir(join(folder, 'outbox'))).toEqual([])
})
