/** An edition's whole way on the command line: from the source to a relay, with what stands in its way. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type HubStandIn, startHubStandIn } from '../support/hub-stand-in.mjs'
import { type RelayStandIn, startRelay } from '../support/relay-stand-in.js'
import { runCli } from '../support/run-cli.js'
import { testDatabase } from '../support/test-database.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

const day = ['--date', '2026-08-04']
let env: Record<string, string>
let hub: HubStandIn
let relay: RelayStandIn

beforeAll(async () => {
  const { url } = await testDatabase()
  hub = await startHubStandIn({ dir: fileURLToPath(new URL('../fixtures/daily/', import.meta.url)) })
  relay = await startRelay({
    command: (line) => (/^RCPT TO:<gone@/i.test(line) ? '550 5.1.1 no such mailbox' : undefined),
  })
  const folder = await mkdtemp(join(tmpdir(), 'daily-papers-edition-'))
  env = { DATABASE_URL: url, DATA_DIR: folder, MAIL_URL: relay.url, PAPERS_API_URL: hub.url }
})

afterAll(async () => {
  await Promise.all([hub.close(), relay.close()])
  await rm(env['DATA_DIR'] as string, { recursive: true, force: true })
})

const edition = (verb: string, ...more: string[]) => runCli(['edition', verb, ...day, ...more], env)

it('goes from the source to the relay, and says so by its exit status', async () => {
  const nothing = await edition('report')
  expect(nothing).toMatchObject({ status: 1, stdout: '' })
  expect(nothing.stderr).toMatch(/There is no daily edition of 2026-08-04/)

  const ingested = await runCli(['ingest', ...day], env)
  expect(ingested, ingested.stderr).toMatchObject({ status: 0 })
  expect(ingested.stdout).toMatch(/^2026-08-04: \d+ papers, \d+ new\n$/)
  const csv = join(env['DATA_DIR'] as string, 'readers.csv')
  await writeFile(csv, 'email\none@example.org\ntwo@example.org\n')
  expect(await runCli(['subscribers', 'import', csv], env)).toMatchObject({ status: 0 })

  const built = JSON.parse((await edition('build', '--json')).stdout)
  expect(built).toMatchObject({ built: true, edition: { status: 'frozen', number: 1 } })
  expect((await edition('build')).stdout).toMatch(/it was there already/)
  expect((await edition('show')).stdout).toMatch(/rank +votes +comments +id +title\n1 /)
  expect((await edition('show', '--as', 'html')).stdout).toMatch(/^<!doctype html>/i)
  expect((await edition('send', '--dry-run')).stdout).toMatch(/\b2\b/)

  const paused = await edition('pause', '--reason', 'a typo')
  expect(paused.stdout).toMatch(/paused.*: a typo/)
  const refused = await edition('send')
  expect(refused.status).toBe(1)
  expect(relay.received).toHaveLength(0)
  expect((await edition('resume')).status).toBe(0)

  const sent = await edition('send')
  expect(sent, sent.stderr).toMatchObject({ status: 0 })
  expect(sent.stdout).toMatch(/is sent: 2 of 2 accepted\./)
  expect(sent.stderr).toMatch(/^edition of 2026-08-04: 2 of 2$/m)
  expect(relay.received.map(({ to }) => to).sort()).toEqual(['one@example.org', 'two@example.org'])
  expect((await edition('send')).status).toBe(0)
  expect(relay.received).toHaveLength(2)
  const report = JSON.parse((await edition('report', '--json')).stdout)
  expect(report).toMatchObject({ owed: 2, status: 'sent', byStatus: { accepted: 2 } })

  const status = await runCli(['status'], env)
  expect(status.stdout).toMatch(/daily edition of 2026-08-04 \(no\. 1\): sent[^]*No worker runs\./)

  const log = JSON.parse((await runCli(['audit', 'list', '--json'], env)).stdout) as { action: string }[]
  expect(log.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['edition.paused', 'edition.resumed']),
  )
}, 120_000)

it('does not end with 0 when somebody was refused, and the report says who and why', async () => {
  const csv = join(env['DATA_DIR'] as string, 'gone.csv')
  await writeFile(csv, 'email\ngone@example.org\n')
  await runCli(['subscribers', 'import', csv], env)
  const other = ['--date', '2026-07-20']
  await runCli(['ingest', ...other], env)
  const sent = await runCli(['edition', 'send', ...other], env)
  expect(sent, sent.stderr).toMatchObject({ status: 1 })
  expect(sent.stdout).toMatch(/2 of 3 accepted, 1 rejected/)
  const report = await runCli(['edition', 'report', ...other, '--all'], env)
  expect(report.status).toBe(0)
  expect(report.stdout).toMatch(/550.*5\.1\.1/)
  expect(report.stdout).not.toContain('gone@')

  const retry = (...words: string[]) => runCli(['edition', 'retry', ...other, ...words], env)
  expect((await retry('--only', 'deferred', 'in-doubt')).stdout).toBe('0 mails are due again.\n')
  // Whoever was refused for good is suppressed by now, and stays rejected.
  expect((await retry('--only', 'failed', '--reason', 'mended')).stdout).toBe('0 mails are due again.\n')
  expect((await retry('--only', 'everything')).status).toBe(2)
  const again = await runCli(['edition', 'send', ...other], env)
  expect(again, again.stderr).toMatchObject({ status: 1 })
  expect(again.stdout).toMatch(/2 of 3 accepted, 1 rejected/)
}, 120_000)

it('says in the report why a day had no edition', async () => {
  const saturday = ['--date', '2026-08-01']
  await runCli(['ingest', ...saturday], env)
  await runCli(['edition', 'build', ...saturday], env)
  const report = await runCli(['edition', 'report', ...saturday], env)
  expect(report.stdout).toMatch(/empty, 0 owed\nWhy: no papers were listed: a weekend$/m)
  const json = await runCli(['edition', 'report', ...saturday, '--json'], env)
  expect(JSON.parse(json.stdout)).toMatchObject({ reason: 'no papers were listed: a weekend' })
})
