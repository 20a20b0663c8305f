/** Opens what sends: the relays of MAIL_URL, or the outbox. */
import type { Clock } from '../clock.js'
import type { Config } from '../config/config.js'
import type { Log } from '../log.js'
import type { Mailer } from './mailer/mailer.js'
import { Outbox } from './outbox.js'
import { relaysOf } from './smtp/equip.js'
import { Relays } from './smtp/relays.js'
import type { BookTurns } from './mailer/send-slots.js'

/** @param bookTurns where turns of relays with a rate are booked; without it they are this process's own. */
export function openMailer(
  config: Pick<Config, 'mailUrls' | 'dataDir' | 'publicUrl' | 'oauth'>,
  log: Log,
  clock: Clock,
  bookTurns?: BookTurns,
): Mailer {
  return config.mailUrls ? new Relays(relaysOf(config), log, bookTurns) : new Outbox(config.dataDir, clock)
}
