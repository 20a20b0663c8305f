/** Hostile CSV: whatever a file holds, an import ends, and says no address of it. FUZZ_FILES sets how many. */
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Services } from '../../src/services.js'
import { buildServer } from '../../src/http/server.js'
import { testAdminKey } from '../support/admin-services.js'
import { hostileText, leaked, pick } from '../support/hostile-values.js'
import { seeded } from '../support/mutate.js'
import { testServices } from '../support/services.js'
import { testDatabase } from '../support/test-database.js'
import { traceLog } from '../support/trace-log.js'

const files = Number(process.env['FUZZ_FILES'] ?? 200)
const random = seeded(Number(process.env['FUZZ_SEED'] ?? 20_261_126))
const { log, text: logged } = traceLog()
let services: Services
let app: Awaited<ReturnType<typeof buildServer>>

beforeAll(async () => {
  const { db } = await testDatabase()
  services = await testServices(db, { ADMIN_KEY: testAdminKey }, { log })
  app = await buildServer(services)
})
afterAll(() => app.close())

const cells = [
  () => leaked,
  () => `r${Math.floor(random() * 1e6)}@fuzz.example`,
  () => `"${hostileText(random, 300)}`,
  () => `"${hostileText(random, 300).replaceAll('"', '""')}"`,
  () => hostileText(random, 300),
  () => 'x'.repeat(20_000),
  () => 'active',
  () => 'daily',
  () => '',
  () => `${'a.'.repeat(200)}@${'b.'.repeat(200)}example`,
  () => '\uFEFF\u0000',
]

function file(): string | Buffer {
  const end = pick(random, ['\n', '\r\n', '\r', '\n\n'])
  const head = pick(random, [
    'email,status,frequency',
    'email',
    'email;status',
    'email,email',
    '',
    '"email',
    'E-MAIL\tx',
  ])
  const lines = Array.from({ length: Math.floor(random() * 60) }, () =>
    Array.from({ length: Math.floor(random() * 5) }, () => pick(random, cells)()).join(
      pick(random, [',', ',', ';', '\t']),
    ),
  )
  const text = [head, ...lines].join(end)
  const encoding = pick(random, ['utf8', 'utf8', 'utf16le', 'latin1'] as const)
  return Buffer.from(text, encoding)
}

it(`${files} files are taken or refused, and end`, async () => {
  const headers = { authorization: `Bearer ${testAdminKey}`, 'content-type': 'text/csv' }
  const outcomes = new Set<string>()
  for (let i = 0; i < files; i += 1) {
    const begun = await app.inject({ method: 'POST', url: '/api/v1/admin/imports', headers, payload: file() })
    expect(begun.statusCode, begun.body).toBeLessThan(500)
    if (begun.statusCode !== 202) continue
    const url = `/api/v1/admin/imports/${begun.json<{ id: number }>().id}`
    let status = 'running'
    for (let tries = 0; status === 'running' && tries < 3000; tries += 1) {
      await wait(10)
      status = (await app.inject({ url, headers })).json<{ status: string }>().status
    }
    const faults = await app.inject({ url: `${url}/faults.csv`, headers })
    expect(faults.statusCode).toBeLessThan(500)
    outcomes.add(status)
  }
  expect(outcomes).not.toContain('running')
})

it('no address stands in a log at level trace', () => {
  expect(logged()).not.toMatch(/@fuzz\.example/)
})
