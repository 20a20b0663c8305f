/** A worker of an earlier release runs beside the new one through an upgrade: nobody is missed, and nobody mailed twice. */
import { execFile, spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Db } from '../../src/db/client.js'
import { keyOfMessage } from '../drills/message-key.js'
import { compiled } from '../drills/scene.js'
import { addEdition, addReaders } from '../support/ledger.js'
import { type RelayStandIn, startRelay } from '../support/relay-stand-in.js'
import { runCli, startCli } from '../support/run-cli.js'
import { testDatabase } from '../support/test-database.js'
import { until } from '../support/until.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
/** The last one that owes each mail in a row of its own, and knows nothing of batches. */
const commit = '8a285b5b8993aa49c99b0bf0bf4c66162b6412a1'
const absent = spawnSync('git', ['cat-file', '-e', commit], { cwd: root }).status !== 0
if (absent) console.warn(`Commit ${commit.slice(0, 7)} is not here: no worker of a release before is tried.`)

const readers = 300
let folder: string
let relay: RelayStandIn
const taken: string[] = []

beforeAll(async () => {
  if (absent) return
  folder = await mkdtemp(join(tmpdir(), 'daily-papers-before-'))
  const paths = [
    'src',
    'prisma',
    'templates',
    'package.json',
    'prisma.config.ts',
    'tsconfig.json',
    'tsconfig.build.json',
  ]
  await run('sh', ['-c', `git archive ${commit} ${paths.join(' ')} | tar -x -C "$0"`, folder], { cwd: root })
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  const modules = join(root, 'node_modules')
  const env = { ...process.env, PATH: `${join(modules, '.bin')}:${process.env['PATH'] ?? ''}` }
  const built = { cwd: folder, env }
  await run(process.execPath, [join(modules, 'prisma/build/index.js'), 'generate'], built)
  await run(
    process.execPath,
    [join(modules, 'typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--noCheck'],
    built,
  )
  relay = await startRelay({
    body: async ({ message }) => {
      await sleep(40)
      taken.push(keyOfMessage(/^Message-ID: <(.*)>\r$/im.exec(message)?.[1] ?? 'none'))
      return '250 2.0.0 taken'
    },
  })
}, 180_000)
afterAll(async () => {
  await relay?.close()
  if (folder) await rm(folder, { recursive: true, force: true })
})

/** A process of the release before. */
function startBefore(args: string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [join(folder, 'dist/cli.js'), ...args], {
    env: { PATH: process.env['PATH'], NO_COLOR: '1', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return { child, ended, said: () => said }
}

async function seen(condition: () => boolean | Promise<boolean>): Promise<void> {
  await until(condition, { within: 60_000, every: 100, tell: () => `; the relay took ${taken.length}` })
}

const isSent = async (db: Db, id: number) =>
  (await db.sql<{ status: string }>('SELECT status FROM edition WHERE id = $1', [id]))[0]?.status === 'sent'

describe.skipIf(absent)('through an upgrade', () => {
  it('each reader has each edition once', { timeout: 180_000 }, async () => {
    const { db, url } = await testDatabase()
    await db.sql('DROP SCHEMA public CASCADE')
    await db.sql('CREATE SCHEMA public')
    const env = {
      DATABASE_URL: url,
      DATA_DIR: join(folder, 'data'),
      MAIL_URL: `${relay.url}?connections=4`,
      SECRET_KEY: 'a secret of both releases, thirty-two letters',
      PAPERS_API_URL: 'http://127.0.0.1:9',
      ARXIV_API_URL: 'http://127.0.0.1:9',
      LEASE_SECONDS: '10',
      LOG_LEVEL: 'warn',
    }
    expect(await startBefore(['migrate'], env).ended).toBe(0)
    await addReaders(db, readers, { domains: ['one.example', 'two.example'] })
    const before = startBefore(['worker'], env)
    let after: ReturnType<typeof startCli> | undefined
    try {
      const first = await addEdition(db, { sendAt: new Date(), compiled })
      await seen(() => taken.length >= readers * 0.2)
      const migrated = await runCli(['migrate'], env)
      expect(migrated, migrated.stderr).toMatchObject({ status: 0 })
      after = startCli(['worker'], env)
      await seen(() => isSent(db, first))
      expect(taken.toSorted()).toEqual([...new Set(taken)].toSorted())
      expect(taken).toHaveLength(readers)

      // Both are there when the next one goes out; then the old one is told to stop.
      const second = await addEdition(db, { sendAt: new Date(), compiled })
      await seen(() => taken.length >= readers * 1.4)
      before.child.kill('SIGTERM')
      expect(await before.ended).toBe(0)
      await seen(() => isSent(db, second))
      const third = await addEdition(db, { sendAt: new Date(), compiled })
      await seen(() => isSent(db, third))
      expect(new Set(taken).size).toBe(3 * readers)
      expect(taken).toHaveLength(3 * readers)
      expect(before.said()).not.toMatch(/column|relation|invalid input value/)
    } finally {
      before.child.kill('SIGKILL')
      after?.child.kill('SIGKILL')
    }
  })
})
