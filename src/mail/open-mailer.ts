/** Opens what sends: the relays of MAIL_URL, or the outbox; signed where there are keys. */
import type { Clock } from '../clock.js'
import type { Config } from '../config/config.js'
import type { Log } from '../log.js'
import type { Mailer } from './mailer/mailer.js'
import { openOutbox } from './outbox.js'
import { openRelays } from './smtp/relays.js'
import { openSigner } from './dkim/sign.js'
import { readSigningKeys } from './dkim/sign-keys.js'
import { signing } from './dkim/signed.js'
import type { BookTurns } from './mailer/send-slots.js'

/**
 * @param bookTurns where turns of relays with a rate are booked; without it they are this process's own.
 * @throws ConfigError for a signing key that is missing, broken or weak.
 */
export function openMailer(
  config: Pick<Config, 'mailUrls' | 'dataDir' | 'dkim'>,
  log: Log,
  clock: Clock,
  bookTurns?: BookTurns,
): Mailer {
  const keys = readSigningKeys(config)
  const mailer = config.mailUrls
    ? openRelays(config.mailUrls, log, bookTurns)
    : openOutbox(config.dataDir, clock)
  return keys.length > 0 ? signing(mailer, openSigner(keys, clock)) : mailer
}
