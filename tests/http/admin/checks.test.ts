/** Jobs, the doctor, and sending that is held, by the operators' API. */
import { beforeAll, describe, expect, it } from 'vitest'
import { readHold } from '../../../src/db/continuity/stamp.js'
import { adminServer, day, listPapers } from '../../support/admin-services.js'
import { startHubStandIn } from '../../support/hub-stand-in.mjs'
import { slowFile } from '../../support/slow-file.js'

slowFile()

let server: Awaited<ReturnType<typeof adminServer>>

beforeAll(async () => {
  const hub = await startHubStandIn({ days: {} })
  server = await adminServer({ PAPERS_API_URL: hub.url, MAIL_URL: 'smtp://127.0.0.1:1' })
  return () => hub.close()
})

const audit = async (action: string) =>
  (await server.call('GET', `/audit?action=${action}&limit=1`)).json().items[0]

it('tells of each job when it ran last, and whether it is late', async () => {
  expect((await server.call('GET', '/jobs')).json()).toEqual({ items: [] })
  await server.services.db.sql(
    `INSERT INTO job (name, period_seconds, ran_at, watched_from, holder, lease_until) VALUES
      ('build', 15, '2026-08-05T04:59:00Z', now() - interval '1 day', NULL, NULL),
      ('look', 30, now(), now() - interval '1 day', gen_random_uuid(), now() + interval '30 seconds'),
      ('tidy', 3600, NULL, now(), NULL, NULL)`,
  )
  expect((await server.call('GET', '/jobs')).json().items).toEqual([
    { name: 'build', everySeconds: 15, ranAt: '2026-08-05T04:59:00.000Z', running: false, late: true },
    { name: 'look', everySeconds: 30, ranAt: expect.any(String), running: true, late: false },
    { name: 'tidy', everySeconds: 3600, ranAt: null, running: false, late: false },
  ])
})

describe('the doctor', () => {
  it('is asked by one call, and what it found is kept for all', async () => {
    expect((await server.call('GET', '/doctor')).json()).toEqual({ at: null, findings: [] })
    const answers = await Promise.all([1, 2].map(() => server.call('POST', '/doctor', { body: {} })))
    const [first, second] = answers.map((answer) => answer.json())
    expect(first.at).toBe('2026-08-05T05:00:00.000Z')
    expect(second).toEqual(first)
    const states = Object.fromEntries(
      first.findings.map(({ check, state }: { check: string; state: string }) => [check, state]),
    )
    expect(states).toMatchObject({ configuration: 'ok', database: 'ok', migrations: 'ok', source: 'ok' })
    expect(states['relay 127.0.0.1:1']).toBe('fault')
    expect((await server.call('GET', '/doctor')).json()).toEqual(first)
    // Two who ask at once are shown one examination.
    expect((await server.call('GET', '/audit?action=service.examined')).json().items).toHaveLength(1)
    expect((await audit('service.examined')).after.faults).toContain('relay 127.0.0.1:1')
  })
})

describe('sending', () => {
  const sending = async () => (await server.call('GET', '/sending')).json()
  const resume = (from: string) =>
    server.call('POST', '/sending/resume', { body: { from, reason: 'it was out' } })

  it('is held, tells what would go out, and goes on', async () => {
    expect(await sending()).toEqual({ hold: null })
    expect((await resume('now')).statusCode).toBe(409)
    await listPapers(server, 4)
    await server.call('POST', '/subscribers', { body: { email: 'ada@example.org', confirm: false } })
    await server.call('POST', `/editions/${day}/build`, { body: {} })
    await server.call('POST', `/editions/${day}/approve`, { body: { reason: 'a test' } })
    server.clock.forward(2 * 3_600)
    const held = await server.call('POST', '/sending/hold', { body: { reason: 'put back' } })
    expect(held.json()).toEqual({ since: expect.any(String), why: expect.stringContaining('restored') })
    expect((await sending()).hold).toEqual({
      ...held.json(),
      wouldGoOut: { editions: [{ kind: 'daily', period: day, mails: 1 }], others: 0 },
    })
    expect((await audit('sending.held')).why).toBe('put back')
    expect((await resume('yesterday')).statusCode).toBe(422)
    expect(await readHold(server.services.db)).not.toBeNull()
    expect((await resume('now')).json()).toEqual({ from: '2026-08-05T07:00:00.000Z', passedOver: 0 })
    expect(await sending()).toEqual({ hold: null })
    expect(await audit('sending.resumed')).toMatchObject({ why: 'it was out', target: 'sending' })
  })
})
