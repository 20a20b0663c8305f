/** Webhooks are told what happens to readers and editions: once, signed, again until taken, and nothing of who is erased. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { finishEdition } from '../../src/deliveries/editions/editions-open.js'
import { forgetOperatorRows } from '../../src/operations/retention.js'
import { watchForAlerts } from '../../src/operations/alerts/watch.js'
import { sendEvents } from '../../src/operations/webhooks/send-events.js'
import { eraseSubscriber } from '../../src/subscribers/leaving/erase.js'
import { suppress } from '../../src/subscribers/leaving/suppress.js'
import { adminServer } from '../support/admin-services.js'
import { addEdition, addReaders } from '../support/ledger.js'

type Call = { path: string; headers: Record<string, string>; body: string }

let server: Awaited<ReturnType<typeof adminServer>>
let base: string
let got: Call[] = []
const answers: Record<string, number> = {}

const receiver = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk: Buffer) => (body += chunk.toString()))
  request.on('end', () => {
    got.push({ path: request.url ?? '', headers: request.headers as Record<string, string>, body })
    response.writeHead(answers[request.url ?? ''] ?? 204).end()
  })
})

beforeAll(async () => {
  receiver.listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  server = await adminServer({ WEBHOOK_ALLOW: '127.0.0.1' })
})
afterAll(() => new Promise((resolve) => receiver.close(resolve)))

const everything = [
  'subscriber.confirmed',
  'subscriber.left',
  'subscriber.bounced',
  'subscriber.complained',
  'subscriber.restored',
  'edition.sent',
]

async function tell(webhooks: { url: string; types: string[] }[]) {
  const settings = (await server.call('GET', '/settings')).json()
  const body = { ...settings, events: { webhooks } }
  const answer = await server.call('PUT', '/settings', { body, headers: { 'if-match': '*' } })
  expect(answer.statusCode, answer.body).toBe(200)
}

beforeEach(async () => {
  await server.services.db.sql('TRUNCATE event, event_send, subscriber, suppression, edition CASCADE')
  got = []
  for (const path of Object.keys(answers)) delete answers[path]
  await tell([{ url: `${base}/all`, types: everything }])
})

const now = () => server.clock.now()
const round = () => sendEvents(server.services)
const said = () => got.map(({ body }) => JSON.parse(body) as { type: string; data: Record<string, unknown> })
const status = (id: number, to: string) =>
  server.services.db.sql('UPDATE subscriber SET status = $2, updated_at = $3 WHERE id = $1', [id, to, now()])

describe('events of readers and editions', () => {
  it('are told once each, with who it is about', async () => {
    const { db, secrets } = server.services
    const [one = 0, two = 0] = await addReaders(db, 2)
    const [three = 0] = await addReaders(db, 1, { prefix: 'p', status: 'pending' })
    await db.transaction('request', (tx) =>
      suppress(tx, secrets, 'r1@one.example', 'complained', { at: now() }),
    )
    await status(two, 'unsubscribed')
    await db.sql(
      `UPDATE subscriber SET status = 'active', confirmed_at = $2, updated_at = $2 WHERE id = $1`,
      [three, now()],
    )
    await round()
    await round()
    const found = said().map(({ type, data }) => [
      type,
      (data['subscriber'] as { id: number; email: string }).id,
    ])
    expect(found.toSorted(([a], [b]) => String(a).localeCompare(String(b)))).toEqual([
      ['subscriber.complained', one],
      ['subscriber.confirmed', three],
      ['subscriber.left', two],
    ])
    expect(said()[0]?.data['subscriber']).toMatchObject({ email: expect.stringContaining('@one.example') })
  })

  it('tell that a verdict was taken back, and that an edition is sent, once', async () => {
    const { db } = server.services
    const [one = 0] = await addReaders(db, 1)
    await status(one, 'bounced')
    await status(one, 'active')
    const edition = await addEdition(db, { sendAt: now() })
    await db.sql(`UPDATE edition SET status = 'sending', fanned_out_at = $2 WHERE id = $1`, [edition, now()])
    await finishEdition(db, edition, now())
    await db.sql(`UPDATE edition SET status = 'sending' WHERE id = $1`, [edition])
    await finishEdition(db, edition, now())
    await round()
    expect(
      said()
        .map(({ type }) => type)
        .toSorted(),
    ).toEqual(['edition.sent', 'subscriber.bounced', 'subscriber.restored'])
    const sent = said().find(({ type }) => type === 'edition.sent')?.data['edition']
    expect(sent).toMatchObject({ kind: 'daily', url: expect.stringContaining('/editions/') })
  })

  it('are not even written for whom nobody is told of', async () => {
    await tell([{ url: `${base}/some`, types: ['subscriber.left'] }])
    const [one = 0, two = 0] = await addReaders(server.services.db, 2)
    await status(one, 'bounced')
    await status(two, 'unsubscribed')
    expect(await server.services.db.models.event.count()).toBe(1)
    await tell([])
    await status(one, 'unsubscribed')
    expect(await server.services.db.models.event.count()).toBe(1)
  })

  it('are gone with a change that was rolled back', async () => {
    const { db } = server.services
    const [one = 0] = await addReaders(db, 1)
    const failing = db.transaction('request', async (tx) => {
      await tx.sql(`UPDATE subscriber SET status = 'unsubscribed' WHERE id = $1`, [one])
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await db.models.event.count()).toBe(0)
  })

  it('carry a signature that holds and the same id at each try', async () => {
    answers['/all'] = 503
    const [one = 0] = await addReaders(server.services.db, 1)
    await status(one, 'unsubscribed')
    await round()
    answers['/all'] = 204
    await round()
    expect(got).toHaveLength(1)
    server.clock.forward(60)
    await round()
    expect(got).toHaveLength(2)
    const [first, second] = got
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    const secret = (await server.call('POST', '/webhooks/secret', { body: { url: `${base}/all` } })).json()
      .secret
    const at = new Date(Number(second?.headers['webhook-timestamp']) * 1000)
    expect(new Webhook(secret).sign(String(second?.headers['webhook-id']), at, String(second?.body))).toBe(
      second?.headers['webhook-signature'],
    )
  })

  it('leave a webhook alone that fails, and another gets its own', async () => {
    await tell([
      { url: `${base}/dead`, types: everything },
      { url: `${base}/well`, types: everything },
    ])
    answers['/dead'] = 500
    const readers = await addReaders(server.services.db, 60)
    for (const reader of readers) await status(reader, 'unsubscribed')
    await round()
    expect(got.filter(({ path }) => path === '/well')).toHaveLength(60)
    expect(got.filter(({ path }) => path === '/dead').length).toBeLessThan(20)
    const untried = await server.services.db.models.eventSend.count({ where: { attempts: 0, status: 'due' } })
    expect(untried).toBeGreaterThan(40)
  })

  it('are given up in the end, told of by an alert, listed, and told again when asked', async () => {
    answers['/all'] = 500
    const [one = 0] = await addReaders(server.services.db, 1)
    await status(one, 'unsubscribed')
    for (let tries = 0; tries < 12; tries += 1) {
      await round()
      server.clock.forward(3_601)
    }
    expect(got).toHaveLength(10)
    await watchForAlerts(server.services)
    const alerts = await server.services.db.models.alert.findMany({
      where: { kind: 'webhook-failing', clearedAt: null },
    })
    expect(alerts.map(({ text }) => text)).toEqual([expect.stringContaining('took none of 1 events')])
    expect(alerts[0]?.text).not.toContain('/all')

    const [item] = (await server.call('GET', '/events?status=given_up')).json().items
    expect(item).toMatchObject({ type: 'subscriber.left', subscriberId: one })
    expect(item.sends).toEqual([
      expect.objectContaining({ place: `${base}/all`, attempts: 10, fault: expect.stringContaining('500') }),
    ])
    answers['/all'] = 204
    const again = await server.call('POST', `/events/${item.id}/replay`, { body: { reason: 'mended' } })
    expect(again.json()).toEqual({ calls: 1 })
    await round()
    expect(got).toHaveLength(11)
    expect(got[10]?.headers['webhook-id']).toBe(got[0]?.headers['webhook-id'])
    const since = '2020-01-01T00:00:00Z'
    const span = (givenUp: boolean) => server.call('POST', '/events/replay', { body: { since, givenUp } })
    expect((await span(true)).json()).toEqual({ calls: 0 })
    expect((await span(false)).json()).toEqual({ calls: 1 })
    expect((await server.call('POST', '/events/999999/replay', { body: {} })).statusCode).toBe(404)
    const logged = (await server.call('GET', '/audit?action=events.replayed')).json().items
    expect(logged).toHaveLength(3)
  })

  it('hold nothing of a reader who was erased', async () => {
    const { db } = server.services
    const [one = 0, two = 0] = await addReaders(db, 2)
    await status(one, 'unsubscribed')
    await eraseSubscriber(server.services, one)
    await eraseSubscriber(server.services, two)
    // Postgres says when a row went, by its own clock.
    server.clock.set(new Date(Date.now() + 60_000).toISOString())
    await round()
    expect(got.map(({ body }) => body).join()).not.toContain('@')
    const told = new Map(said().map(({ data }) => [(data['subscriber'] as { id: number }).id, data] as const))
    expect(told.get(one)).toEqual({ subscriber: { id: one, erased: true } })
    expect(told.get(two)).toEqual({ subscriber: { id: two, erased: true }, reason: 'erased' })
  })

  it('show where they go to no key that may not know', async () => {
    const { key } = (
      await server.call('POST', '/keys', { body: { name: 'reads', scopes: ['editions:read'] } })
    ).json()
    const [one = 0] = await addReaders(server.services.db, 1)
    await status(one, 'unsubscribed')
    for (const path of ['/events', '/settings']) {
      const answer = await server.call('GET', path, { key })
      expect(answer.statusCode).toBe(200)
      expect(answer.body).toContain('127.0.0.1')
      expect(answer.body).not.toContain('/all')
    }
  })

  it('stay in the settings when a call leaves them out, and are forgotten after ninety days', async () => {
    const { events, ...rest } = (await server.call('GET', '/settings')).json()
    await server.call('PUT', '/settings', { body: rest, headers: { 'if-match': '*' } })
    expect((await server.call('GET', '/settings')).json().events).toEqual(events)
    const [one = 0] = await addReaders(server.services.db, 1)
    await status(one, 'unsubscribed')
    server.clock.forward(91 * 86_400)
    await forgetOperatorRows(server.services)
    expect(await server.services.db.models.event.count()).toBe(0)
  })
})
