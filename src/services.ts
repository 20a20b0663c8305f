/** What every process is built from; tests pass their own parts. */
import { type Clock, systemClock } from './clock.js'
import type { Config } from './config/config.js'
import { readSecrets, type Secrets } from './config/secrets.js'
import { type Db, openDb } from './db/client.js'
import { databaseClock } from './db/clock.js'
import { bookRelayTurns } from './deliveries/rates/relay-slots.js'
import { type Log, openLog } from './log.js'
import { DkimSigner, type Signer } from './mail/dkim/sign.js'
import { readSigningKeys } from './mail/dkim/sign-keys.js'
import type { Mailer } from './mail/mailer/mailer.js'
import { openMailer } from './mail/open-mailer.js'
import { Meaning } from './papers/meaning/meaning.js'
import { type MailDns, systemMailDns } from './subscribers/admission/mail-dns.js'

export type Services = {
  config: Config
  log: Log
  clock: Clock
  db: Db
  secrets: Secrets
  /** Connects when the first mail is sent. */
  mailer: Mailer
  /** Signs what is composed; null where there are no keys. */
  signer: Signer | null
  /** Null where no domain is asked about: outside production, where made-up addresses are the rule. */
  dns: MailDns | null
  /** Null where no model is given. */
  meaning: Meaning | null
  close(): Promise<void>
}

export type Overrides = Partial<
  Pick<Services, 'log' | 'clock' | 'db' | 'secrets' | 'mailer' | 'signer' | 'dns' | 'meaning'>
>

/**
 * Builds the services of one process. What was passed in is not closed by `close`.
 * @throws ConfigError for a signing key that is missing, broken or weak.
 */
export async function openServices(
  config: Config,
  databaseUrl: string,
  given: Overrides = {},
): Promise<Services> {
  const log = given.log ?? openLog(config.logLevel)
  const secrets = given.secrets ?? (await readSecrets(config))
  const db = given.db ?? openDb(databaseUrl, log)
  const clock = given.clock ?? databaseClock(db, systemClock)
  const keys = readSigningKeys(config)
  const mailer = given.mailer ?? openMailer(config, log, clock, bookRelayTurns(db))
  const meaning = given.meaning ?? (config.meaningModel === null ? null : new Meaning(config.meaningModel))
  return {
    config,
    log,
    secrets,
    db,
    clock,
    mailer,
    signer: given.signer ?? (keys.length > 0 ? new DkimSigner(keys, clock) : null),
    dns: given.dns ?? (config.production ? systemMailDns() : null),
    meaning,
    close: async () => {
      if (!given.meaning) await meaning?.close()
      if (!given.mailer) await mailer.close()
      if (!given.db) await db.close()
    },
  }
}
