/** The command line from outside: what it prints and how it ends. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openDb } from '../../src/db/client.js'
import { silentLog } from '../../src/log.js'
import { runCli, startCli } from '../support/run-cli.js'
import { testDatabase } from '../support/test-database.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

let env: Record<string, string>
beforeAll(async () => {
  const { url } = await testDatabase()
  env = { DATABASE_URL: url, DATA_DIR: await mkdtemp(join(tmpdir(), 'daily-papers-cli-')) }
})
afterAll(() => rm(env['DATA_DIR'] as string, { recursive: true, force: true }))

describe('a wrong command line ends with 2', () => {
  it.each([
    ['nothing', [], /Which command\?/],
    ['an unknown command', ['bogus'], /Unknown argument: bogus/],
    ['a missing option', ['ingest'], /Missing required argument: date/],
    ['a day that does not exist', ['ingest', '--date', '2026-02-30'], /2026-02-30 is not a day/],
    ['an unknown option', ['migrate', '--force'], /Unknown argument: force/],
    ['an unknown scope', ['keys', 'create', '--name', 'x', '--scopes', 'all'], /Unknown scopes: all/],
  ])('%s', async (_, args, said) => {
    const ran = await runCli(args, env)
    expect(ran).toMatchObject({ status: 2, stdout: '' })
    expect(ran.stderr).toMatch(said)
  })
})

describe('what goes wrong is one clear line', () => {
  it('lists every fault of the configuration and starts nothing', async () => {
    const ran = await runCli(['migrate'], { ...env, PORT: 'abc', TIMEZONE: 'Mars/Olympus' })
    expect(ran.status).toBe(2)
    expect(ran.stderr).toMatch(/PORT must be[^]*TIMEZONE must be/)
  })

  it('names an unreachable database without its password', async () => {
    const ran = await runCli(['keys', 'list'], { ...env, DATABASE_URL: 'postgres://me:hidden@127.0.0.1:1/x' })
    expect(ran.status).toBe(1)
    expect(ran.stderr).toBe(
      'daily-papers: The database cannot be reached: connect ECONNREFUSED 127.0.0.1:1. Check DATABASE_URL.\n',
    )
  })

  it.each([
    ['is a file', join(import.meta.dirname, 'cli.test.ts'), /cannot be made: it is a file/],
    ['nobody may make', '/proc/daily-papers', /cannot be made: ENOENT/],
  ])('names a DATA_DIR that %s', async (_, folder, said) => {
    const ran = await runCli(['keys', 'list'], { DATA_DIR: folder })
    expect(ran.status).toBe(1)
    expect(ran.stderr).toMatch(said)
    expect(ran.stderr.trim().split('\n')).toHaveLength(1)
  })

  it('gives faults as JSON to machines', async () => {
    const ran = await runCli(['keys', 'revoke', 'nosuch', '--json'], env)
    expect(ran.status).toBe(1)
    expect(JSON.parse(ran.stderr)).toEqual({
      error: { code: 'not-found', detail: 'There is no such key.' },
    })
  })

  it('does not touch a database that lacks migrations, and says what to do', async () => {
    const admin = openDb(inject('serverUrl'), silentLog, { connections: 1 })
    const name = `bare_${process.pid}_${Date.now()}`
    await admin.sql(`CREATE DATABASE ${name}`)
    const bare = new URL(inject('serverUrl'))
    bare.pathname = `/${name}`
    try {
      const refused = await runCli(['keys', 'list'], { ...env, DATABASE_URL: bare.href })
      expect(refused.stderr).toMatch(/lacks \d+ migrations of this version. Run: daily-papers migrate/)
      const migrated = await runCli(['migrate', '--json'], { ...env, DATABASE_URL: bare.href })
      expect(JSON.parse(migrated.stdout).applied).toContain('20261123000000_init')
      const listed = await runCli(['keys', 'list'], { ...env, DATABASE_URL: bare.href })
      expect(listed).toMatchObject({ status: 0, stdout: 'There are no keys.\n' })
    } finally {
      await admin.sql(`DROP DATABASE ${name} WITH (FORCE)`)
      await admin.close()
    }
  })
})

describe('keys and audit', () => {
  it('makes, lists, rotates and revokes keys, and every change is in the log', async () => {
    const made = JSON.parse(
      (
        await runCli(
          ['keys', 'create', '--name', 'nightly', '--scopes', 'papers:read,audit:read', '--json'],
          env,
        )
      ).stdout,
    )
    expect(made.key).toMatch(/^dp_/)
    expect(made.scopes).toEqual(['papers:read', 'audit:read'])
    const rotated = JSON.parse((await runCli(['keys', 'rotate', made.id, '--json'], env)).stdout)
    expect(rotated.replaces).toBe(made.id)
    expect((await runCli(['keys', 'revoke', made.id], env)).status).toBe(0)
    const listed = await runCli(['keys', 'list'], env)
    expect(listed.stdout).toMatch(new RegExp(`${made.id} .* revoked`))
    expect(listed.stdout).not.toContain(made.key)

    const log = JSON.parse((await runCli(['audit', 'list', '--json'], env)).stdout) as {
      action: string
      who: string
    }[]
    expect(log.map((entry) => entry.action)).toEqual(['key.revoked', 'key.rotated', 'key.created'])
    expect(log[0]?.who).toMatch(/^cli:/)
    expect(await runCli(['audit', 'verify'], env)).toMatchObject({ status: 0 })
  })
})

describe('a command that serves', () => {
  it('says where it listens and ends with 0 on SIGTERM', async () => {
    const api = startCli(['api'], { ...env, PORT: '0' })
    const [, url] = await api.said(/Listening on (\S+)/)
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    api.child.kill('SIGTERM')
    // npm and the terminal both pass the signal on.
    api.child.kill('SIGTERM')
    expect(await api.ended).toBe(0)
  })
})
