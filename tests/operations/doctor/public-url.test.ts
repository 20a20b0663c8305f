/** What the doctor says of a service that runs behind a proxy. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { checkPublicUrl } from '../../../src/operations/doctor/public-url.js'
import { readConfig } from '../../../src/config/config.js'
import type { Db } from '../../../src/db/client.js'
import { buildServer } from '../../../src/http/server.js'
import { systemClock } from '../../../src/clock.js'
import { secretsOf } from '../../../src/config/secrets.js'
import { startHttpProxy } from '../../support/http-proxy.js'
import { testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

const secret = 'a-secret-key-only-for-tests-0123456789'
let db: Db
const closing: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  ;({ db } = await testDatabase())
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

type Set = Parameters<typeof startHttpProxy>[0]

/** What is found when the service stands behind that proxy with that environment. */
async function found(set: Set, env: Record<string, string> = {}, key = secret) {
  const proxy = await startHttpProxy(set)
  const settings = { PUBLIC_URL: proxy.url, ...env }
  const services = await testServices(db, settings, { clock: systemClock, secrets: secretsOf(key) })
  const app = await buildServer(services)
  proxy.lead(await app.listen({ host: '127.0.0.1', port: 0 }))
  closing.push(
    () => proxy.close(),
    () => app.close(),
  )
  const findings = await checkPublicUrl(readConfig({ ...settings, SECRET_KEY: secret }))
  return findings.filter(({ check }) => check !== 'HTTPS')
}

describe('the proxy before the service', () => {
  it('is fine when it is named and says who asks', async () => {
    const set = { forwardedFor: '203.0.113.9', keepHost: true }
    const findings = await found(set, { TRUSTED_PROXIES: '127.0.0.1' })
    expect(findings).toMatchObject([
      { check: 'public address', state: 'ok' },
      { check: 'proxy', state: 'ok', detail: expect.stringContaining('203.0.113.9') },
    ])
  })

  it('is named to be put into TRUSTED_PROXIES', async () => {
    const findings = await found({ forwardedFor: '203.0.113.9', keepHost: true })
    expect(findings[1]).toMatchObject({ state: 'fault', mend: 'Add 127.0.0.1 to TRUSTED_PROXIES.' })
  })

  it('is told to keep the Host header', async () => {
    const findings = await found({ forwardedFor: '203.0.113.9' }, { TRUSTED_PROXIES: '127.0.0.1' })
    expect(findings[1]).toMatchObject({ state: 'advice', mend: expect.stringContaining('Host') })
  })

  it('is told from one that leads to another service', async () => {
    const findings = await found({}, {}, 'another-secret-key-of-another-service')
    expect(findings[1]).toMatchObject({ check: 'proxy', state: 'fault' })
  })
})

it('shows strangers nothing of what the service sees', async () => {
  const services = await testServices(db)
  const app = await buildServer(services)
  closing.push(() => app.close())
  for (const probe of ['x', `${Date.now().toString(36)}.AAAA`, '']) {
    const answer = await app.inject({ url: '/healthz', headers: { 'x-daily-papers-probe': probe } })
    expect(answer.json()).toEqual({ status: 'alive' })
  }
})

it('wants HTTPS in production, and advises it elsewhere', async () => {
  const stateIn = async (env: Record<string, string>) => {
    const config = readConfig({ PUBLIC_URL: 'http://127.0.0.1:1', SECRET_KEY: secret, ...env })
    return (await checkPublicUrl(config)).find(({ check }) => check === 'HTTPS')?.state
  }
  expect(await stateIn({})).toBe('advice')
  expect(await stateIn({ NODE_ENV: 'production', MAIL_URL: 'smtp://127.0.0.1' })).toBe('fault')
  expect(await stateIn({ PUBLIC_URL: 'https://127.0.0.1:1' })).toBeUndefined()
})
