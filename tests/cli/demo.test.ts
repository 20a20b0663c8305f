/** The demo: an edition in the outbox from nothing, on whatever day it is tried. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSample } from '../../src/cli/demo/sample.js'
import { listOutbox } from '../../src/mail/outbox.js'
import { runCli, startCli } from '../support/run-cli.js'
import { testDatabase } from '../support/test-database.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

describe('the sample', () => {
  it.each([
    ['years later', '2030-01-15T12:00:00Z', ['2026-08-06', '2026-08-07']],
    ['on the morning after', '2026-08-08T00:00:00Z', ['2026-08-06', '2026-08-07']],
    ['before its last day has closed', '2026-08-07T23:59:59Z', ['2026-08-05', '2026-08-06']],
    ['on a machine whose clock is years behind', '2024-03-01T09:00:00Z', ['2024-02-28', '2024-02-29']],
  ])('has two closed days %s', async (_, now, days) => {
    const sample = openSample({ now: () => new Date(now) })
    expect(sample.days).toEqual(days)
    const lists = await Promise.all(days.map((day) => sample.source.day(day)))
    expect(lists.map(({ papers }) => papers.length)).toEqual([12, 12])
    expect((await sample.source.day('2020-01-01')).papers).toEqual([])
  })

  it('holds real papers with links over https only', async () => {
    const { source } = openSample({ now: () => new Date('2030-01-01T00:00:00Z') })
    const { papers } = await source.day('2026-08-07')
    for (const paper of papers) {
      expect(paper.id).toMatch(/^\d{4}\.\d{5}$/)
      expect(paper.authors.length).toBeGreaterThan(0)
      for (const url of [paper.codeUrl, paper.projectUrl]) expect(url ?? 'https://').toMatch(/^https:\/\//)
    }
  })
})

describe('the demo', () => {
  let env: Record<string, string>
  beforeAll(async () => {
    const { url } = await testDatabase()
    const folder = await mkdtemp(join(tmpdir(), 'daily-papers-demo-'))
    // A relay that must never be asked.
    env = { DATABASE_URL: url, DATA_DIR: folder, PORT: '0', MAIL_URL: 'smtp://127.0.0.1:1' }
  })
  afterAll(() => rm(env['DATA_DIR'] as string, { recursive: true, force: true }))

  it('mails confirmation, welcome and edition into the outbox once, and serves until it is stopped', async () => {
    const once = await runCli(['demo', '--once'], env)
    expect(once.status, once.stderr).toBe(0)
    expect(once.stdout).toMatch(/✓ The edition is sent: 1 in the outbox/)
    const demo = startCli(['demo'], env)
    const [, key] = await demo.said(/Admin key: (\S+)/)
    const [, url] = await demo.said(/Listening on (\S+)/)
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    const headers = { authorization: `Bearer ${key}` }
    expect((await fetch(`${url}/api/v1/admin/subscribers`, { headers })).status).toBe(200)
    expect(await (await fetch(`${url}/editions/2026-08-07`)).text()).toContain('AgentOPSD')
    demo.child.kill('SIGTERM')
    expect(await demo.ended).toBe(0)
    const subjects = (await listOutbox(env['DATA_DIR'] as string, 10)).map(({ subject }) => subject)
    expect(subjects.filter((subject) => / and \d+ more$/.test(subject))).toHaveLength(1)
    expect(subjects).toHaveLength(3)
  }, 120_000)
})
