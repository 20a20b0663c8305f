import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addReaders } from '../support/ledger.js'
import { runCli } from '../support/run-cli.js'
import { testDatabase } from '../support/test-database.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

const { db, url } = await testDatabase()
let env: Record<string, string>
beforeAll(async () => {
  env = { DATABASE_URL: url, DATA_DIR: await mkdtemp(join(tmpdir(), 'events-cli-')) }
})
afterAll(() => rm(env['DATA_DIR'] as string, { recursive: true, force: true }))

const run = (...args: string[]) => runCli(args, env)

it('sets webhooks of events, lists what they were told, and tells it again', async () => {
  const hook = 'https://crm.example.org/hook/secret-path'
  const set = await run('settings', 'set', 'events.webhooks', `${hook} subscriber.left`)
  expect(set).toMatchObject({ status: 0 })
  expect(set.stdout).toContain(`events.webhooks = ${hook} subscriber.left`)
  expect(await run('settings', 'set', 'events.webhooks', `${hook} subscriber.laughed`)).toMatchObject({
    status: 2,
  })
  expect((await run('settings', 'set', 'personal.enabled', 'false')).stdout).toContain(
    'personal.enabled = false',
  )
  expect((await run('events', 'list')).stdout).toContain('There is no event')

  const [one] = await addReaders(db, 1)
  await db.sql(`UPDATE subscriber SET status = 'unsubscribed', updated_at = now() WHERE id = $1`, [one])
  await db.sql(`UPDATE event_send SET status = 'given_up', due_at = NULL, settled_at = now()`)
  const listed = await run('events', 'list', '--status', 'given_up')
  expect(listed.stdout).toMatch(/subscriber\.left\s+crm\.example\.org given_up/)
  expect(listed.stdout).not.toContain('secret-path')
  expect(await run('events', 'replay')).toMatchObject({ status: 2 })
  expect(await run('events', 'replay', '12x')).toMatchObject({ status: 2 })
  expect((await run('events', 'replay', '987654')).status).toBe(1)
  const again = await run('events', 'replay', '--since', '2020-01-01T00:00:00Z', '--json')
  expect(JSON.parse(again.stdout)).toEqual({ calls: 1 })
  expect(await db.models.eventSend.findMany({ select: { status: true } })).toEqual([{ status: 'due' }])
})
