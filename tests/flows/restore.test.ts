/** A restore after an edition has gone out, by the commands of the README, with a worker that runs through it. */
import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { addDays, utcDay } from '../../src/clock.js'
import { type Db, openDb } from '../../src/db/client.js'
import { silentLog } from '../../src/log.js'
import { keepDay, manyPapers } from '../support/kept-days.js'
import { type Mailbox, openMailbox } from '../support/mailbox.js'
import { runCli, startCli } from '../support/run-cli.js'
import { testDatabase } from '../support/test-database.js'
import { openTemporaryFolder } from '../support/test-server.js'
import { until } from '../support/until.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

const run = promisify(execFile)
const day = addDays(utcDay(new Date()), -1)
const readers = 5
let mailbox: Mailbox
let folder: string

beforeAll(async () => {
  mailbox = await openMailbox()
  folder = await mkdtemp(join(tmpdir(), 'daily-papers-restore-'))
  await writeFile(join(folder, 'readers.csv'), ['email', ...addresses()].join('\n'))
})
afterAll(async () => {
  await mailbox.close()
  await rm(folder, { recursive: true, force: true })
})

const addresses = () => Array.from({ length: readers }, (_, n) => `r${n}@example.org`)

function environment(name: string, more: Record<string, string> = {}): Record<string, string> {
  return {
    DATA_DIR: join(folder, name),
    MAIL_URL: mailbox.url,
    SEND_AT: '00:00',
    // Nobody answers there: the papers are in the database.
    PAPERS_API_URL: 'http://127.0.0.1:9',
    ARXIV_API_URL: 'http://127.0.0.1:9',
    ...more,
  }
}

async function ready(env: Record<string, string>): Promise<void> {
  for (const args of [
    ['subscribers', 'import', join(folder, 'readers.csv')],
    ['edition', 'build', '--date', day],
  ]) {
    const ran = await runCli(args, env)
    expect(ran, ran.stderr).toMatchObject({ status: 0 })
  }
}

async function seen(db: Db, wanted: string): Promise<void> {
  const holds = async () => (await db.sql<{ yes: boolean }>(`SELECT (${wanted}) AS yes`))[0]?.yes
  await until(holds, { within: 40_000, every: 100, tell: () => wanted })
}

/** The programs must be at least as new as the server. */
const toolVersion = (name: string) =>
  Number(/ (\d+)/.exec(spawnSync(name, ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1] ?? 0)
const tools =
  Math.min(toolVersion('pg_dump'), toolVersion('pg_restore')) >= (await serverVersion(inject('serverUrl')))
if (!tools)
  console.warn('No pg_dump and pg_restore as new as the server: the restore of a dump is not tried.')

it.skipIf(!tools)('mails nobody twice after pg_restore --clean', { timeout: 120_000 }, async () => {
  const { db, url } = await testDatabase()
  const env = environment('dump', { DATABASE_URL: url })
  await keepDay(db, day, manyPapers(5))
  await ready(env)
  const dump = join(folder, 'papers.dump')
  await run('pg_dump', ['--format=custom', `--file=${dump}`, url])
  const worker = startCli(['worker'], env)
  try {
    await mailbox.mailsTo('r4@example.org', 1)
    await seen(db, `SELECT status = 'sent' FROM edition WHERE kind = 'daily'`)
    expect(mailbox.mails).toHaveLength(readers)
    await run('pg_restore', ['--clean', '--if-exists', '--no-owner', `--dbname=${url}`, dump])
    await seen(db, `SELECT EXISTS (SELECT FROM alert WHERE kind = 'sending-held' AND cleared_at IS NULL)`)
    expect(worker.text()).toMatch(/sending-held/)
  } finally {
    worker.child.kill('SIGTERM')
    await worker.ended
  }

  const status = await runCli(['status'], env)
  expect(status.status).toBe(1)
  expect(status.stdout).toContain(`the daily edition of ${day} to ${readers} readers`)
  const send = await runCli(['edition', 'send', '--date', day], { ...env, DATA_DIR: join(folder, 'empty') })
  expect(send).toMatchObject({ status: 1, stderr: expect.stringMatching(/All sending is held/) })

  expect(await runCli(['resume', '--from', 'now'], env)).toMatchObject({ status: 0 })
  const after = startCli(['worker'], env)
  try {
    await seen(db, `SELECT EXISTS (SELECT FROM alert WHERE kind = 'sending-held' AND cleared_at IS NOT NULL)`)
  } finally {
    after.child.kill('SIGTERM')
    await after.ended
  }
  expect(mailbox.mails).toHaveLength(readers)
  expect(await runCli(['status'], env)).toMatchObject({ status: 0 })
})

it('mails nobody twice after a copy of DATA_DIR took its place', { timeout: 120_000 }, async () => {
  const home = await mkdtemp(join(await openTemporaryFolder(), 'restore-'))
  const env = { ...environment('embedded'), DATA_DIR: join(home, 'data') }
  const before = mailbox.mails.length
  try {
    await fill(env)
    const cluster = await realpath(join(env.DATA_DIR, 'postgres'))
    await run('cp', ['-a', cluster, join(home, 'cluster')])
    const sent = await runCli(['edition', 'send', '--date', day], env)
    expect(sent, sent.stderr).toMatchObject({ status: 0 })
    expect(mailbox.mails).toHaveLength(before + readers)

    await rm(cluster, { recursive: true })
    await rename(join(home, 'cluster'), cluster)
    const back = await runCli(['edition', 'send', '--date', day], env)
    expect(back).toMatchObject({ status: 1, stderr: expect.stringMatching(/earlier state/) })
    expect(mailbox.mails).toHaveLength(before + readers)
  } finally {
    await rm(home, { recursive: true, force: true })
  }
})

/** Papers by file, readers, and the edition. */
async function fill(env: Record<string, string>): Promise<void> {
  const file = join(folder, 'papers.jsonl')
  const lines = Array.from({ length: 5 }, (_, n) =>
    JSON.stringify({ id: `2607.1000${n}`, title: `Paper ${n} of five`, abstract: 'It is.', votes: 50 - n }),
  )
  await writeFile(file, lines.join('\n'))
  const ran = await runCli(['ingest', '--date', day, '--file', file], env)
  expect(ran, ran.stderr).toMatchObject({ status: 0 })
  await ready(env)
}

async function serverVersion(url: string): Promise<number> {
  const db = openDb(url, silentLog, { connections: 1 })
  const [row] = await db.sql<{ version: string }>(`SELECT current_setting('server_version_num') AS version`)
  await db.close()
  return Math.floor(Number(row?.version) / 10_000)
}
