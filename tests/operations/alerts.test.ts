import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sendAlerts } from '../../src/operations/alerts/send.js'
import { openAlerts } from '../../src/operations/alerts/store.js'
import { watchForAlerts } from '../../src/operations/alerts/watch.js'
import { runWaitedLane } from '../../src/deliveries/lanes/lanes.js'
import { sendingParts } from '../../src/deliveries/sender/create-sender.js'
import { forgetOperatorRows } from '../../src/operations/retention.js'
import { adminServer, day, listPapers } from '../support/admin-services.js'
import { until } from '../support/until.js'

let server: Awaited<ReturnType<typeof adminServer>>
const got: { headers: Record<string, string>; body: string }[] = []
let answer = 500
let url: string

const receiver = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk) => {
    body += chunk
  })
  request.on('end', () => {
    got.push({ headers: request.headers as Record<string, string>, body })
    response.writeHead(answer).end()
  })
})

beforeAll(async () => {
  server = await adminServer({ WEBHOOK_ALLOW: '127.0.0.1' })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
  const settings = (await server.call('GET', '/settings')).json()
  const alerts = { ...settings.alerts, emails: ['ops@example.org'], webhooks: [url] }
  const headers = { 'if-match': '*' }
  await server.call('PUT', '/settings', { body: { ...settings, alerts }, headers })
  await server.call('POST', '/subscribers', { body: { email: 'a@example.org', confirm: false } })
})
afterAll(() => new Promise((resolve) => receiver.close(resolve)))

const round = async () => {
  await watchForAlerts(server.services)
  await sendAlerts(server.services)
}
/** The mails, as a worker sends them. */
const mailRound = async () => {
  const stop = new AbortController()
  const lane = runWaitedLane(sendingParts(server.services), stop.signal)
  const left = () => server.services.db.sql(`SELECT 1 FROM delivery WHERE settled_at IS NULL`)
  await until(async () => (await left()).length === 0)
  stop.abort()
  await lane
}
const secretOf = async () =>
  (await server.call('POST', '/webhooks/secret', { body: { url } })).json().secret as string
const open = async () => (await openAlerts(server.services.db)).map(({ cause }) => cause)

describe('alerts', () => {
  it('wake somebody when no edition is out in time, once', async () => {
    await round()
    expect(await open()).toEqual([])
    server.clock.set('2026-08-05T08:01:00Z')
    await round()
    await round()
    expect(await open()).toEqual([`dead-man:${day}`])
    expect(got).toHaveLength(1)
  })

  it('come by mail, as deliveries of their own kind', async () => {
    await mailRound()
    expect(await server.services.db.sql('SELECT kind, status, attempts FROM delivery')).toEqual([
      { kind: 'alert', status: 'accepted', attempts: 1 },
    ])
    const folder = join(server.services.config.dataDir, 'outbox')
    const [name] = (await readdir(folder)).filter((file) => file.endsWith('.eml'))
    const mail = await readFile(join(folder, String(name)), 'utf8')
    expect(mail).toContain('ops@example.org')
    expect(mail).toContain(`No edition of ${day} is out`)
  })

  it('are tried again until taken, with a signature that holds and one id', async () => {
    answer = 204
    server.clock.forward(60)
    await round()
    server.clock.forward(3600)
    await round()
    expect(got).toHaveLength(2)
    const [first, second] = got
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    const hook = new Webhook(await secretOf())
    const at = Number(second?.headers['webhook-timestamp'])
    expect(at).toBe(new Date('2026-08-05T08:02:00Z').getTime() / 1000)
    const signed = hook.sign(second?.headers['webhook-id'] ?? '', new Date(at * 1000), second?.body ?? '')
    expect(second?.headers['webhook-signature']).toBe(signed)
    expect(JSON.parse(second?.body ?? '')).toMatchObject({ type: 'alert.dead-man' })
  })

  it('are tried out, told of with what became of them, and never stay open', async () => {
    answer = 204
    const tested = await server.call('POST', '/alerts/test', { body: { reason: 'does it arrive?' } })
    expect(tested.statusCode, tested.body).toBe(202)
    expect(tested.json()).toMatchObject({ emails: 1, webhooks: 1 })
    await round()
    await mailRound()
    const [last] = (await server.call('GET', '/alerts?open=false')).json().items
    expect(last).toMatchObject({
      id: tested.json().id,
      kind: 'test',
      sends: [
        { place: url, status: 'taken', attempts: 1 },
        { place: 'mailto:ops@example.org', status: 'accepted', attempts: 1 },
      ],
    })
    expect(JSON.parse(got.at(-1)?.body ?? '')).toMatchObject({ type: 'alert.test' })
    expect(await open()).toEqual([`dead-man:${day}`])
  })

  it('are signed with a secret that is rotated with two valid ones, and stands in no log', async () => {
    const old = await secretOf()
    expect(await secretOf()).toBe(old)
    const body = { url, graceSeconds: 600, reason: 'somebody left' }
    const rotated = await server.call('POST', '/webhooks/rotate', { body })
    expect(rotated.statusCode, rotated.body).toBe(201)
    const { secret } = rotated.json()
    expect(secret).not.toBe(old)
    const holds = async (...secrets: string[]) => {
      await server.call('POST', '/alerts/test', { body: {} })
      await round()
      const { headers, body } = got.at(-1) ?? { headers: {}, body: '' }
      const at = new Date(Number(headers['webhook-timestamp']) * 1000)
      const signed = secrets.map((one) => new Webhook(one).sign(headers['webhook-id'] ?? '', at, body))
      expect(headers['webhook-signature']).toBe(signed.join(' '))
    }
    await holds(secret, old)
    server.clock.forward(601)
    await holds(secret)
    const stored = JSON.stringify([
      await server.services.db.sql('SELECT * FROM audit'),
      await server.services.db.sql(`SELECT encode(secret, 'escape') FROM webhook`),
    ])
    for (const one of [old, secret]) expect(stored).not.toContain(one.slice(6))
    const other = await server.call('POST', '/webhooks/secret', { body: { url: 'https://x.example/' } })
    expect(other.statusCode).toBe(404)
    const key = await server.keyWith('editions:write')
    expect((await server.call('POST', '/webhooks/secret', { body: { url }, key })).statusCode).toBe(403)
  })

  it('are given up after ten tries', async () => {
    answer = 500
    await server.services.db.sql(
      `INSERT INTO alert (kind, cause, text, at) VALUES ('x', 'x:1', 'x', now()) RETURNING id`,
    )
    await server.services.db.sql(
      `INSERT INTO alert_send (alert_id, url, due_at, attempts)
       SELECT a.id, s.url, $1, 9 FROM alert a, alert_send s WHERE a.cause = 'x:1' AND s.url LIKE 'http%' LIMIT 1`,
      [server.clock.now()],
    )
    await sendAlerts(server.services)
    const rows = await server.services.db.sql(
      `SELECT s.status, fault FROM alert_send s JOIN alert a ON a.id = alert_id WHERE cause = 'x:1'`,
    )
    expect(rows).toEqual([{ status: 'given_up', fault: 'the webhook answered 500' }])
  })

  it('call no host inside that WEBHOOK_ALLOW does not name, and tell nothing but the host', async () => {
    got.length = 0
    const { port } = receiver.address() as AddressInfo
    const places = [
      `http://[::ffff:7f00:2]:${port}/secret`,
      `http://0.0.0.0:${port}/secret`,
      'http://10.0.0.1/secret',
    ]
    await server.services.db.sql(`INSERT INTO alert (kind, cause, text, at) VALUES ('x', 'x:2', 'x', now())`)
    await server.services.db.sql(
      `INSERT INTO alert_send (alert_id, url, due_at) SELECT id, url, $2 FROM alert, unnest($1::text[]) url WHERE cause = 'x:2'`,
      [places, server.clock.now()],
    )
    await sendAlerts(server.services)
    const rows = await server.services.db.sql<{ fault: string }>(
      `SELECT fault FROM alert_send s JOIN alert a ON a.id = alert_id WHERE cause = 'x:2'`,
    )
    expect(rows).toHaveLength(3)
    for (const { fault } of rows) {
      expect(fault).toMatch(/has no public address/)
      expect(fault).not.toContain('secret')
    }
    expect(got).toEqual([])
  })

  it('go to no URL with a password', async () => {
    const settings = (await server.call('GET', '/settings')).json()
    const alerts = { ...settings.alerts, webhooks: ['https://ops:hunter2@example.org/hook'] }
    const headers = { 'if-match': '*' }
    const refused = await server.call('PUT', '/settings', { body: { ...settings, alerts }, headers })
    expect(refused.statusCode).toBe(422)
    expect(refused.body).not.toContain('hunter2')
  })

  it('tell of a held edition, and clear when it is approved', async () => {
    await listPapers(server, 5)
    await server.call('POST', `/editions/${day}/build`, { body: {} })
    await server.call('POST', `/editions/${day}/hold`, { body: { reason: 'a doubt' } })
    await watchForAlerts(server.services)
    expect(await open()).toContain(`edition-held:daily:${day}`)
    await server.call('POST', `/editions/${day}/approve`, { body: { reason: 'no doubt' } })
    await watchForAlerts(server.services)
    expect(await open()).not.toContain(`edition-held:daily:${day}`)
  })

  it('tell of relays that are down and of sources that fail', async () => {
    const { db } = server.services
    const now = server.clock.now()
    const relays = JSON.stringify([
      { name: 'smtp.example:25', state: 'down', fault: 'no answer', connections: 0 },
    ])
    await db.sql(
      `INSERT INTO worker (id, name, started_at, seen_at, relays) VALUES (gen_random_uuid(), 'w', $1, $1, $2)`,
      [now, relays],
    )
    await db.sql(
      `INSERT INTO look (source, day, at, outcome, fault)
       SELECT 'hub', $1, $2::timestamptz + i * interval '1 second', 'failed', 'timed-out' FROM generate_series(1, 3) i`,
      [day, now],
    )
    await watchForAlerts(server.services)
    expect(await open()).toEqual(expect.arrayContaining(['relay-down:smtp.example:25', 'source-failing:hub']))
  })

  it('tell of a relay that finds fault with our mail, and of an edition that its canary holds', async () => {
    const { db } = server.services
    await db.sql(
      `WITH e AS (
         INSERT INTO edition (kind, period, day, number, status, reason, subject, papers, compiled, send_at, frozen_at, fanned_out_at)
         VALUES ('daily', '2026-07-01', '2026-07-01', 900, 'held', '9 of the first 50 mails were refused', 's', '[]', '{}', $1, $1, $1)
         RETURNING id
       )
       INSERT INTO delivery (kind, edition_id, subscriber_id, lane, status, domain, relay, code, enhanced, reason, settled_at)
       SELECT 'edition', e.id, null, 1, 'rejected', 'example.org', 'smtp.example:25', 550, '5.6.0', 'ours', $1 FROM e`,
      [server.clock.now()],
    )
    await watchForAlerts(server.services)
    const causes = ['mail-at-fault:smtp.example:25:550 5.6.0', 'edition-held:daily:2026-07-01']
    expect(await open()).toEqual(expect.arrayContaining(causes))
    await db.sql(`DELETE FROM delivery WHERE relay = 'smtp.example:25'`)
    await db.sql(`DELETE FROM edition WHERE period = '2026-07-01'`)
    await watchForAlerts(server.services)
    for (const cause of causes) expect(await open()).not.toContain(cause)
  })

  it('are forgotten a season after they were cleared; the audit log is not', async () => {
    const { db } = server.services
    const count = async (table: string) => (await db.sql(`SELECT 1 FROM ${table}`)).length
    const entries = await count('audit')
    await mailRound()
    await db.sql('UPDATE alert SET cleared_at = $1', [server.clock.now()])
    server.clock.forward(91 * 86_400)
    await forgetOperatorRows(server.services)
    expect(await count('alert')).toBe(0)
    expect(await count('attempt')).toBe(0)
    expect(await count('delivery')).toBe(0)
    expect(await count('idempotent_call')).toBe(0)
    expect(await count('audit')).toBe(entries)
  })
})
