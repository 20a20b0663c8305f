/** The doctor from outside: what it finds, and how it ends. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type HubStandIn, startHubStandIn } from '../support/hub-stand-in.mjs'
import { type RelayStandIn, startRelay } from '../support/relay-stand-in.js'
import { runCli } from '../support/run-cli.js'
import { testDatabase } from '../support/test-database.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

let env: Record<string, string>
let hub: HubStandIn
let relay: RelayStandIn

beforeAll(async () => {
  const { url } = await testDatabase()
  hub = await startHubStandIn({ days: {} })
  relay = await startRelay()
  const folder = await mkdtemp(join(tmpdir(), 'daily-papers-doctor-'))
  env = { DATABASE_URL: url, DATA_DIR: folder, MAIL_URL: relay.url, PAPERS_API_URL: hub.url }
})

afterAll(async () => {
  await Promise.all([hub.close(), relay.close()])
  await rm(env['DATA_DIR'] as string, { recursive: true, force: true })
})

type Found = { check: string; state: string; detail: string; mend: string | null }

async function examine(changed: Record<string, string> = {}): Promise<{ status: number; found: Found[] }> {
  const ran = await runCli(['doctor', '--json'], { ...env, ...changed })
  return { status: ran.status, found: JSON.parse(ran.stdout) as Found[] }
}

it('ends with 0 when nothing has to be mended, and mails nobody', async () => {
  const { status, found } = await examine()
  expect(found.filter(({ state }) => state === 'fault')).toEqual([])
  expect(status).toBe(0)
  const fine = found.filter(({ state }) => state === 'ok').map(({ check }) => check)
  expect(fine).toEqual(expect.arrayContaining(['configuration', 'database', 'migrations', 'clock', 'disk']))
  expect(found.find(({ check }) => check.startsWith('relay'))?.detail).toMatch(/reached, no TLS/)
  expect(relay.received).toHaveLength(0)
})

it('says of each thing that is wrong how to mend it, and ends with 1', async () => {
  const { status, found } = await examine({
    DATABASE_URL: 'postgres://me:hidden@127.0.0.1:1/x',
    MAIL_URL: 'smtp://me:hidden@127.0.0.1:1',
    PAPERS_API_URL: 'http://127.0.0.1:1',
  })
  expect(status).toBe(1)
  const faults = found.filter(({ state }) => state === 'fault')
  expect(faults.map(({ check }) => check)).toEqual(['database', 'source', 'relay 127.0.0.1:1'])
  for (const { mend } of faults) expect(mend).toBeTruthy()
  expect(JSON.stringify(found)).not.toContain('hidden')
})
