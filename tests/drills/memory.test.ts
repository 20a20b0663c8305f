/** The memory of a worker with all its jobs: it looks, renders, builds, fans out and sends in one life. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { addDays, utcDay } from '../../src/clock.js'
import { distinctPapers } from '../support/distinct-papers.js'
import { startHubStandIn } from '../support/hub-stand-in.mjs'
import { addReaders } from '../support/ledger.js'
import { startCli } from '../support/run-cli.js'
import { testDatabase } from '../support/test-database.js'
import { openSink } from './processes.js'
import { until } from '../support/until.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

const withoutProc = !existsSync('/proc/self/status')
if (withoutProc) console.warn('No /proc: the memory of a worker is not measured.')

const readers = 20_000
/** What the image gives to every process: how much memory Node takes before it tidies up. */
async function imageEnvironment(): Promise<Record<string, string>> {
  const dockerfile = await readFile(new URL('../../Dockerfile', import.meta.url), 'utf8')
  const found = [...dockerfile.matchAll(/\b(MALLOC_ARENA_MAX|NODE_OPTIONS)=(\S+)/g)]
  expect(found).toHaveLength(2)
  return Object.fromEntries(found.map(([, name, value]) => [name, value]))
}

it.skipIf(withoutProc)('stays below 200 MB with mail due', { timeout: 240_000 }, async () => {
  const today = utcDay(new Date())
  const days = Object.fromEntries([1, 2, 3, 4].map((n) => [addDays(today, -n), distinctPapers(n, 40)]))
  const { db, url } = await testDatabase()
  await addReaders(db, readers, { domains: ['one.example', 'two.example', 'three.example'] })
  const hub = await startHubStandIn({ days })
  const sink = await openSink({ seed: 1, deferred: 0, droppedAfterDot: 0, hung: 0, busy: 0, delayMs: 0 })
  const folder = await mkdtemp(join(tmpdir(), 'daily-papers-memory-'))
  const worker = startCli(['worker'], {
    DATABASE_URL: url,
    DATA_DIR: folder,
    MAIL_URL: `${sink.url}?connections=20`,
    PAPERS_API_URL: hub.url,
    ARXIV_API_URL: 'http://127.0.0.1:9',
    SEND_AT: '00:00',
    LOG_LEVEL: 'warn',
    ...(await imageEnvironment()),
  })
  try {
    const sent = () =>
      db.sql(`SELECT FROM edition WHERE kind = 'daily' AND day = $1 AND status = 'sent'`, [
        addDays(today, -1),
      ])
    const over = async () => worker.child.exitCode !== null || (await sent()).length > 0
    await until(over, { within: 600_000, every: 200 })
    expect(worker.child.exitCode, worker.text()).toBeNull()
    const status = await readFile(`/proc/${worker.child.pid}/status`, 'utf8')
    const peak = Number(/VmHWM:\s*(\d+)/.exec(status)?.[1]) / 1024
    console.warn(`Node ${process.versions.node}: ${Math.round(peak)} MB at most, with ${readers} mails`)
    expect(Object.keys((await sink.report()).receipts)).toHaveLength(readers)
    expect(peak).toBeLessThan(200)
  } finally {
    worker.child.kill('SIGKILL')
    sink.close()
    await hub.close()
    await rm(folder, { recursive: true, force: true })
  }
})
