/** Services for the tests of the operator's side, with a clock that they set. */
import type { Clock } from '../../src/clock.js'
import { readConfig } from '../../src/config.js'
import { secretsOf } from '../../src/config/secrets.js'
import { silentLog } from '../../src/log.js'
import { openServices, type Overrides, type Services } from '../../src/services.js'
import { testDatabase } from '../support/test-database.js'

export const testAdminKey = 'an-admin-key-for-tests-0123456789abcdef'

export class SetClock implements Clock {
  at = new Date('2026-08-05T05:00:00Z')
  now(): Date {
    return this.at
  }
  forward(seconds: number): void {
    this.at = new Date(this.at.getTime() + seconds * 1000)
  }
}

export async function adminServices(
  env: Record<string, string> = {},
  given: Overrides = {},
): Promise<{ services: Services; clock: SetClock }> {
  const { db, url } = await testDatabase()
  const clock = new SetClock()
  const config = readConfig({ ADMIN_KEY: testAdminKey, ...env })
  const own = { log: silentLog, db, clock, secrets: secretsOf('s'.repeat(40)) }
  return { services: await openServices(config, url, { ...own, ...given }), clock }
}
