/** What an operator does in a shell with readers, suppressions, settings and alerts. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runCli } from '../support/run-cli.js'
import { testDatabase } from '../support/test-database.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

let env: Record<string, string>
beforeAll(async () => {
  const { url } = await testDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'daily-papers-cli-'))
  env = { DATABASE_URL: url, DATA_DIR: folder, SECRET_KEY: 'a-secret-key-only-for-tests-0123456789' }
})
afterAll(() => rm(env['DATA_DIR'] as string, { recursive: true, force: true }))

const run = (line: string) => runCli(line.split(' '), env)

it('adds, finds, shows, unsubscribes, suppresses and erases a reader', { timeout: 120_000 }, async () => {
  expect((await run('subscribers add ada@example.org --source fair --reason list')).stdout).toBe(
    '1 ada@example.org: active, daily\n',
  )
  expect(await run('subscribers add ada@example.org')).toMatchObject({ status: 1 })
  expect((await run('subscribers add bob@example.org --confirm')).stdout).toMatch(/confirmation is owed/)
  expect((await run('subscribers list @example.org --status active')).stdout).toMatch(
    /ada@example\.org +active/,
  )
  expect((await run('subscribers unsubscribe ADA@example.org')).stdout).toMatch(/unsubscribed/)
  expect((await run('subscribers show 1')).stdout).toMatch(/consent[^]*import +fair/)
  expect((await run('subscribers suppress 1')).stdout).toMatch(/suppressed: manual/)
  expect((await run('subscribers erase 1 --dry-run')).stdout).toMatch(/Would erase 1 ada/)
  expect((await run('subscribers erase 1 --reason asked')).stdout).toBe('1 is erased.\n')
  expect((await run('subscribers show 1')).stderr).toBe('daily-papers: There is no such subscriber.\n')
})

it('lists and lifts suppressions, with a reason', async () => {
  await run('suppressions add eve@example.org --reason letter')
  expect((await run('suppressions list eve')).stdout).toMatch(/eve@example\.org +manual +letter/)
  expect((await run('suppressions lift eve@example.org')).stderr).toMatch(/needs a reason/)
  expect((await run('suppressions lift eve@example.org --reason sorry')).status).toBe(0)
})

it('sets what is set at run time, within its bounds, and tries alerts out', {
  timeout: 120_000,
}, async () => {
  expect(await run('settings set gates.sameShare 7')).toMatchObject({ status: 2 })
  expect((await run('settings set gates.nothing 1')).stderr).toMatch(/no setting gates.nothing/)
  expect((await run('alerts test')).stderr).toMatch(/name no address and no webhook/)
  const url = 'https://ops.example.org/hook'
  expect((await run(`settings set alerts.webhooks ${url}`)).stdout).toMatch(/alerts.webhooks = https/)
  const { stdout: secret } = await run(`alerts secret ${url}`)
  expect(secret).toMatch(/^whsec_\S{44}\n$/)
  expect((await run(`alerts secret ${url}`)).stdout).toBe(secret)
  expect((await run(`alerts secret ${url} --rotate`)).stdout).not.toBe(secret)
  expect((await run('alerts test')).stdout).toMatch(/0 addresses and 1 webhooks/)
  expect((await run('alerts list')).stdout).toBe('All is well.\n')
  expect((await run('alerts list --all')).stdout).toMatch(/test .*hook due/)
})

it('counts, and tries an import without changing anything', async () => {
  await run('subscribers add carl@example.com --confirm')
  const file = join(env['DATA_DIR'] as string, 'readers.csv')
  await writeFile(file, 'email\nnew@example.org\n')
  expect((await run(`subscribers import ${file} --dry-run`)).stdout).toMatch(/1 added/)
  const { growth, domains } = JSON.parse((await run('stats --days 1 --json')).stdout)
  expect(growth).toMatchObject([{ joined: 0, active: 0 }])
  expect(domains).toContainEqual(expect.objectContaining({ domain: 'example.com', owed: 1 }))
})
