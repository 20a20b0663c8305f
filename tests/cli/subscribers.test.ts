/** Importing and exporting subscribers from outside. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Db } from '../../src/db/client.js'
import { runCli } from '../support/run-cli.js'
import { testDatabase } from '../support/test-database.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

let env: Record<string, string>
let folder: string
let db: Db
beforeAll(async () => {
  const made = await testDatabase()
  const { url } = made
  db = made.db
  folder = await mkdtemp(join(tmpdir(), 'daily-papers-cli-'))
  env = { DATABASE_URL: url, DATA_DIR: folder }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it('imports a file, says what it left out, and exports it again', async () => {
  const file = join(folder, 'readers.csv')
  await writeFile(file, 'email,frequency\na@example.org,weekly\nnobody,daily\n')
  const imported = await runCli(['subscribers', 'import', file], env)
  expect(imported).toMatchObject({
    status: 1,
    stdout: [
      'line 3: An email address has an @ between the name and the domain.',
      '2 lines: 1 added, 0 changed, 0 unchanged, 0 suppressed, 1 refused',
      '',
    ].join('\n'),
  })
  const exported = await runCli(['subscribers', 'export'], env)
  expect(exported.status).toBe(0)
  expect(exported.stdout).toMatch(/^email,status,frequency.*\na@example\.org,active,weekly,/)
  const asJson = await runCli(['subscribers', 'export', '--json'], env)
  expect(JSON.parse(asJson.stdout)).toMatchObject([{ email: 'a@example.org', status: 'active' }])
  const noted = await db.sql(
    `SELECT who LIKE 'cli:%' AS cli FROM audit WHERE action = 'subscribers.exported'`,
  )
  expect(noted).toEqual([{ cli: true }, { cli: true }])
  await writeFile(file, exported.stdout)
  const again = await runCli(['subscribers', 'import', file, '--confirm', '--json'], env)
  expect(again.status).toBe(0)
  expect(JSON.parse(again.stdout)).toMatchObject({ rows: 1, unchanged: 1, faults: [] })
})

it('says when there is no such file', async () => {
  const ran = await runCli(['subscribers', 'import', join(folder, 'none.csv')], env)
  expect(ran.status).toBe(1)
  expect(ran.stderr).toMatch(/cannot be read: ENOENT/)
})
