/** A proxy that TRUSTED_PROXIES does not name opens nothing and locks nobody out. */
import { beforeEach, expect, it } from 'vitest'
import { checkProxies } from '../../../src/operations/doctor/proxies.js'
import { buildServer } from '../../../src/http/server.js'
import { clearAlerts } from '../../../src/operations/alerts/store.js'
import { watchForAlerts } from '../../../src/operations/alerts/watch.js'
import { noteProxy, unnamedProxies } from '../../../src/operations/unnamed-proxies.js'
import type { Services } from '../../../src/services.js'
import { testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'
import { slowFile } from '../../support/slow-file.js'

slowFile()

const adminKey = 'an-admin-key-of-the-tests-0123456789abcdef'
const header = { authorization: `Bearer ${adminKey}` }

let services: Services
beforeEach(async () => {
  const { db } = await testDatabase()
  services = await testServices(db, { ADMIN_KEY: adminKey })
})

const noted = async (known: Services, expected: number) => {
  for (;;) {
    const rows = await known.db.models.unnamedProxy.findMany()
    if (rows.length >= expected) return rows.map(({ peer }) => peer)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

it.each([
  ['x-forwarded-for', '203.0.113.9'],
  ['x-forwarded-for', '127.0.0.1'],
  ['forwarded', 'for=203.0.113.9'],
  ['x-real-ip', '203.0.113.9'],
  ['cf-connecting-ip', '203.0.113.9'],
  ['via', '1.1 proxy'],
  ['x-forwarded-host', 'papers.example'],
  ['x-forwarded-proto', 'https'],
])('closes /metrics to whoever comes through it, by %s: %s', async (name, value) => {
  const app = await buildServer(services)
  const url = '/metrics'
  expect((await app.inject({ url, headers: { [name]: value } })).statusCode).toBe(401)
  expect((await app.inject({ url, headers: { [name]: value, ...header } })).statusCode).toBe(200)
  expect((await app.inject({ url })).statusCode).toBe(200)
  await app.close()
})

it('is told once in the log, by an alert and by doctor, until it is named', async () => {
  const lines: string[] = []
  const log = { ...services.log, warn: (_fields: object, line: string) => lines.push(line) }
  const app = await buildServer({ ...services, log: Object.assign(Object.create(services.log), log) })
  const headers = { 'x-forwarded-for': '203.0.113.9' }
  for (let n = 0; n < 3; n += 1) await app.inject({ url: '/healthz', headers })
  expect(await noted(services, 1)).toEqual(['127.0.0.1'])
  expect(lines.filter((line) => line.includes('TRUSTED_PROXIES'))).toHaveLength(1)
  await watchForAlerts(services)
  const alerts = await services.db.models.alert.findMany({
    where: { kind: 'proxy-unnamed', clearedAt: null },
  })
  expect(alerts.map(({ text }) => text)).toEqual([
    expect.stringContaining('Add 127.0.0.1 to TRUSTED_PROXIES'),
  ])
  expect(await checkProxies(services.db, services.config)).toMatchObject([{ check: 'proxy', state: 'fault' }])
  const named = { trustedProxies: ['127.0.0.0/8'] }
  expect(await checkProxies(services.db, named)).toEqual([])
  await services.db.transaction('job', (tx) => clearAlerts(tx, 'proxy-unnamed', [], new Date()))
  await app.close()
})

it('is not noticed when it is named, and the caller’s own address counts', async () => {
  const { db } = await testDatabase()
  const trusting = await testServices(db, { TRUSTED_PROXIES: '127.0.0.1', ADMIN_KEY: adminKey })
  const app = await buildServer(trusting)
  const through = (address: string) =>
    app
      .inject({ url: '/metrics', headers: { 'x-forwarded-for': address } })
      .then(({ statusCode }) => statusCode)
  expect(await through('203.0.113.9')).toBe(401)
  expect(await through('10.0.0.7')).toBe(200)
  expect(await db.models.unnamedProxy.count()).toBe(0)
  await app.close()
})

it('lets a right key in, whatever others tried from the same address', async () => {
  const app = await buildServer(services)
  const url = '/api/v1/admin/editions'
  const wrong = () => app.inject({ url, headers: { authorization: 'Bearer dp_wrong_wrong' } })
  const codes = []
  for (let n = 0; n < 25; n += 1) codes.push((await wrong()).statusCode)
  expect([codes[0], codes.at(-1)]).toEqual([401, 429])
  expect((await app.inject({ url, headers: header })).statusCode).toBe(200)
  const origin = { origin: services.config.publicUrl, 'content-type': 'application/x-www-form-urlencoded' }
  const signIn = (key: string) =>
    app.inject({ method: 'POST', url: '/admin/sign-in', headers: origin, payload: `key=${key}` })
  for (let n = 0; n < 12; n += 1) await signIn('wrong')
  expect((await signIn('wrong')).statusCode).toBe(429)
  expect((await signIn(adminKey)).statusCode).toBe(303)
  await app.close()
})

it('counts wrong keys of a whole /48 together', async () => {
  const app = await buildServer(services)
  const url = '/api/v1/admin/editions'
  const from = (n: number) =>
    app.inject({
      url,
      remoteAddress: `2001:db8:7:${n.toString(16)}::1`,
      headers: { authorization: 'Bearer dp_x_y' },
    })
  const codes = []
  for (let n = 0; n < 64; n += 1) codes.push((await from(n)).statusCode)
  expect([codes[0], codes[58], codes.at(-1)]).toEqual([401, 401, 429])
  expect((await app.inject({ url, remoteAddress: '2001:db8:8::1' })).statusCode).toBe(401)
  await app.close()
})

it('makes room for a new proxy once fifty others are no longer fresh', async () => {
  const now = new Date('2026-08-05T12:00:00Z')
  const later = new Date(now.getTime() + 3 * 3_600_000)
  for (let n = 1; n <= 50; n += 1) await noteProxy(services.db, `10.0.0.${n}`, now)
  await noteProxy(services.db, '10.0.1.1', now)
  expect(await unnamedProxies(services.db, services.config, now)).not.toContain('10.0.1.1')
  await noteProxy(services.db, '10.0.1.1', later)
  expect(await unnamedProxies(services.db, services.config, later)).toEqual(['10.0.1.1'])
})
