/** Services of a test: its own database, a clock that it sets, no log. */
import type { Clock } from '../../src/clock.js'
import { readConfig } from '../../src/config/config.js'
import { secretsOf } from '../../src/config/secrets.js'
import type { Db } from '../../src/db/client.js'
import { silentLog } from '../../src/log.js'
import { openServices, type Overrides, type Services } from '../../src/services.js'

/** A clock that stands still until it is set. */
export function stoppedClock(at: string): Clock & { set(at: string): void } {
  let now = new Date(at)
  return {
    now: () => now,
    set: (later) => {
      now = new Date(later)
    },
  }
}

/** Services on that database; `env` is the environment, of which nothing else is read. */
export function testServices(
  db: Db,
  env: Record<string, string> = {},
  given: Overrides = {},
): Promise<Services> {
  const config = readConfig({ PUBLIC_URL: 'http://papers.test', ...env })
  const secrets = secretsOf('a-secret-key-only-for-tests-0123456789')
  return openServices(config, 'postgres://unused.invalid/unused', { log: silentLog, secrets, ...given, db })
}
