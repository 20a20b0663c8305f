/** Opens what sends: the relays of MAIL_URL, or the outbox. */
import type { Clock } from '../clock.js'
import type { Config } from '../config.js'
import type { Log } from '../log.js'
import type { Mailer } from './mailer.js'
import { openOutbox } from './outbox.js'
import { openRelays } from './relays.js'

export function openMailer(config: Pick<Config, 'mailUrls' | 'dataDir'>, log: Log, clock: Clock): Mailer {
  return config.mailUrls ? openRelays(config.mailUrls, log) : openOutbox(config.dataDir, clock)
}
