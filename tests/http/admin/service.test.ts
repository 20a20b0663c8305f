import { beforeAll, describe, expect, it } from 'vitest'
import { openMetrics } from '../../../src/operations/figures/metrics.js'
import { fanOut } from '../../../src/deliveries/editions/fan-out.js'
import { bookRelayTurns } from '../../../src/deliveries/rates/relay-slots.js'
import { configureThrottles } from '../../../src/deliveries/throttle/throttle-store.js'
import { adminServer, day, listPapers } from '../../support/admin-services.js'

let server: Awaited<ReturnType<typeof adminServer>>

beforeAll(async () => {
  server = await adminServer()
  await listPapers(server, 4)
  for (const email of ['a@example.org', 'b@example.org', 'c@example.net']) {
    await server.call('POST', '/subscribers', { body: { email, confirm: false } })
  }
  server.clock.forward(86_400)
  await server.call('POST', '/subscribers/1/unsubscribe', { body: {} })
})

const get = async (path: string) => {
  const answer = await server.call('GET', path)
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json()
}

describe('statistics', () => {
  it('count who joined, left and is there', async () => {
    expect((await get('/statistics/growth?days=3')).items).toEqual([
      { day: '2026-08-04', joined: 0, left: 0, active: 0 },
      { day: '2026-08-05', joined: 3, left: 0, active: 3 },
      { day: '2026-08-06', joined: 0, left: 1, active: 2 },
    ])
  })

  it('count mail by edition and by domain', async () => {
    await server.call('POST', `/editions/${day}/build`, { body: {} })
    await server.call('POST', `/editions/${day}/send`, { body: {} })
    const { id } = await get(`/editions/${day}`)
    await fanOut(server.services, id)
    expect((await get('/statistics/editions')).items).toMatchObject([{ period: day, owed: 2, accepted: 0 }])
    expect((await get('/statistics/domains')).items).toMatchObject([
      { domain: 'example.net', owed: 1, unsubscribed: 0 },
      { domain: 'example.org', owed: 1, unsubscribed: 1 },
    ])
  })

  it('tell of sources and relays', async () => {
    expect((await get('/sources')).items).toMatchObject([{ source: 'hub', state: 'good' }])
    expect((await get('/relays')).items).toEqual([])
  })

  it('tell of the bounds on sending, and so do the metrics', async () => {
    const { db, clock } = server.services
    expect((await get('/throttles')).items).toEqual([])
    await configureThrottles(db, { overall: 100, domains: { 'example.org': 2.5 } }, clock.now())
    await bookRelayTurns(db)('relay.example:587', 40, 10)
    expect((await get('/throttles')).items).toEqual([
      { scope: 'overall', key: '*', rate: 100, ceiling: 100, slowedAt: null },
      { scope: 'relay', key: 'relay.example:587', rate: 40, ceiling: 40, slowedAt: null },
      { scope: 'domain', key: 'example.org', rate: 2.5, ceiling: 2.5, slowedAt: null },
    ])
    const metrics = await openMetrics(server.services).registry.metrics()
    expect(metrics).toContain('daily_papers_throttle_per_second{scope="relay",key="relay.example:587"} 40')
  })
})

describe('suppressions', () => {
  it('are added, found and lifted with a reason', async () => {
    const body = { email: 'B@example.org', reason: 'a letter' }
    expect((await server.call('POST', '/suppressions', { body })).json()).toEqual({ status: 'suppressed' })
    expect((await get('/suppressions?q=b@ex')).items).toMatchObject([
      { email: 'b@example.org', reason: 'manual', detail: 'a letter' },
    ])
    const lift = (body: object) => server.call('POST', '/suppressions/lift', { body })
    expect((await lift({ email: 'b@example.org' })).statusCode).toBe(422)
    expect((await lift(body)).json()).toEqual({ status: 'lifted' })
    expect((await lift(body)).statusCode).toBe(404)
  })

  it('outlive an erasure without the address', async () => {
    const erased = await server.call('DELETE', '/subscribers/3?reason=asked')
    expect(erased.json()).toEqual({ status: 'erased' })
    expect((await get('/suppressions?reason=erased')).items).toMatchObject([{ email: null }])
    expect((await server.call('DELETE', '/subscribers/3')).statusCode).toBe(404)
    const audit = await get('/audit?target=subscriber:3')
    expect(audit.items[0]).toMatchObject({ action: 'subscriber.erased', why: 'asked' })
    expect(JSON.stringify(await get('/audit?limit=200'))).not.toMatch(/@example/)
  })
})

describe('settings', () => {
  it('change under their ETag, within their bounds', async () => {
    const read = await server.call('GET', '/settings')
    const settings = read.json()
    const put = (body: object, headers: Record<string, string> = {}) =>
      server.call('PUT', '/settings', { body, headers })
    const changed = { ...settings, alerts: { ...settings.alerts, emails: ['ops@example.org'] } }
    expect((await put(changed)).statusCode).toBe(428)
    const headers = { 'if-match': String(read.headers['etag']) }
    expect((await put(changed, headers)).json()).toEqual(changed)
    expect((await put(changed, headers)).statusCode).toBe(412)
    const wrong = { ...changed, gates: { ...changed.gates, sameShare: 7 } }
    expect((await put(wrong, { 'if-match': '*' })).statusCode).toBe(400)
    expect(await get('/settings')).toEqual(changed)
  })
})

describe('metrics', () => {
  const scrape = (remoteAddress: string, headers = {}) =>
    server.app.inject({ method: 'GET', url: '/metrics', remoteAddress, headers })

  it('tell Prometheus of queue, editions, sources, requests and pool, and of no address', async () => {
    const { body, statusCode } = await scrape('127.0.0.1')
    expect(statusCode).toBe(200)
    for (const line of [
      'daily_papers_deliveries_open{status="due",lane="1"} 1',
      'daily_papers_deliveries_day{domain="example.net",status="left_out"} 1',
      'daily_papers_edition_state{kind="daily",status="sending"} 1',
      'daily_papers_delivery_oldest_due_seconds{lane="0"} 0',
      'daily_papers_source_lag_seconds{source="hub"} 86400',
      'daily_papers_subscribers{status="unsubscribed"}',
      'daily_papers_pool_connections{state="waiting"} 0',
      'daily_papers_http_request_seconds_count{method="GET",route="/api/v1/admin/settings",status="2xx"}',
      '\nnodejs_eventloop_lag_seconds',
      '\nprocess_cpu_seconds_total',
    ]) {
      expect(body).toContain(line)
    }
    expect(body).not.toContain('@')
  })

  it('are kept from strangers without a key', async () => {
    expect((await scrape('203.0.113.9')).statusCode).toBe(401)
    const authorization = `Bearer ${await server.keyWith('editions:read')}`
    expect((await scrape('203.0.113.9', { authorization })).statusCode).toBe(200)
  })
})
