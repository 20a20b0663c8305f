import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { adminServer, day, listPapers } from '../../support/admin-services.js'
import { slowFile } from '../../support/slow-file.js'

slowFile()

it('a test copy never goes to an erased or suppressed address, however often it is asked for', async () => {
  const server = await adminServer()
  await listPapers(server, 4)
  for (const email of ['gone@example.org', 'no@example.org']) {
    await server.call('POST', '/subscribers', { body: { email, confirm: false } })
  }
  expect((await server.call('DELETE', '/subscribers/1')).statusCode).toBe(200)
  expect((await server.call('POST', '/subscribers/2/suppress', { body: {} })).statusCode).toBe(200)
  await server.call('POST', `/editions/${day}/build`, { body: {} })
  const test = async (to: string) =>
    (await server.call('POST', `/editions/${day}/test`, { body: { to } })).json()
  for (let i = 0; i < 5; i += 1) {
    expect(await test('Gone@example.org')).toMatchObject({
      outcome: 'left_out',
      reply: 'suppressed: erased',
    })
    expect(await test('no@example.org')).toMatchObject({ outcome: 'left_out', reply: 'suppressed: manual' })
  }
  expect(await test('me@example.org')).toMatchObject({ outcome: 'accepted' })
  expect(await readdir(join(server.services.config.dataDir, 'outbox'))).toHaveLength(1)
})
