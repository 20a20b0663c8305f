/** Back-up and restore of the embedded database, as the guide prints it. */
import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { runCli } from '../support/run-cli.js'
import { openTemporaryFolder } from '../support/test-server.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

const run = promisify(execFile)

async function printedCommands(): Promise<string[]> {
  const guide = await readFile('.github/OPERATING.md', 'utf8')
  const section = guide.slice(guide.indexOf('The embedded database comes without'))
  return (/```bash\n([\s\S]+?)```/.exec(section)?.[1] ?? '').trim().split('\n')
}

const without = ['bash', 'tar', 'realpath'].some((name) => spawnSync(name, ['--version']).error)
if (without) console.warn('No bash, tar or realpath: the back-up of the guide is not tried.')

it.skipIf(without)('brings back the whole of a lost DATA_DIR', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(await openTemporaryFolder(), 'backup-'))
  const env = { DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'error' }
  const inFolder = (command: string) =>
    run('bash', ['-euc', command], { cwd: folder, env: { ...process.env, ...env } })
  try {
    const made = await runCli(['keys', 'create', '--name', 'kept', '--scopes', '*'], env)
    expect(made.status, made.stderr).toBe(0)
    const before = await runCli(['audit', 'verify', '--json'], env)
    expect(JSON.parse(before.stdout)).toMatchObject({ entries: 1, brokenAt: null })
    const [backUp = '', restore = ''] = await printedCommands()
    await inFolder(backUp)
    const cluster = await realpath(join(env.DATA_DIR, 'postgres'))
    await rm(cluster, { recursive: true })
    await rm(env.DATA_DIR, { recursive: true, force: true })
    await inFolder(restore)
    expect(await runCli(['audit', 'verify', '--json'], env)).toMatchObject({
      status: 0,
      stdout: before.stdout,
    })
    expect((await runCli(['keys', 'list'], env)).stdout).toMatch(/kept/)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
