/** The environment, read once: every fault is listed at once, and nothing starts with one. */
import { dkimFaults, dkimSettings } from './dkim.js'
import { ConfigError, messageOf } from '../errors.js'
import type { OAuth } from '../network/access-token.js'
import { parseNetwork } from '../network/addresses.js'
import * as inbound from './inbound.js'
import { databaseUrl } from './database-url.js'
import * as read from './readers.js'
import { Unexpected } from './unexpected.js'

type Variable<T> = { fallback?: string; read: (value: string) => T }

/** A variable that has a default. */
const withDefault = <T>(fallback: string, reader: (value: string) => T) => ({ fallback, read: reader })
/** A variable that may be absent. */
const optional = <T>(reader: (value: string) => T): Variable<T | undefined> => ({ read: reader })

const variables = {
  NODE_ENV: withDefault('development', read.oneOf('development', 'test', 'production')),
  LOG_LEVEL: withDefault('info', read.oneOf('trace', 'debug', 'info', 'warn', 'error', 'silent')),
  HOST: withDefault('127.0.0.1', read.text('a host name or an IP address')),
  PORT: withDefault('3000', read.wholeNumber(0, 65_535)),
  WORKER_PORT: optional(read.wholeNumber(0, 65_535)),
  PUBLIC_URL: optional(read.publicUrl),
  TRUSTED_PROXIES: optional(read.networks),
  WEBHOOK_ALLOW: optional(read.networks),
  DATABASE_URL: optional(databaseUrl),
  DATA_DIR: withDefault('.data', read.text('a folder')),
  MAIL_URL: optional(read.relayUrls),
  MAIL_FROM: withDefault('Daily Papers <papers@localhost>', read.mailbox),
  OAUTH_TOKEN_URL: optional(read.url('http:', 'https:')),
  OAUTH_CLIENT_ID: optional(read.text('the id of a client')),
  OAUTH_CLIENT_SECRET: optional(read.text('a secret')),
  OAUTH_REFRESH_TOKEN: optional(read.text('a refresh token')),
  OAUTH_SCOPE: optional(read.text('scopes with blanks between them')),
  WATCHER_URL: optional(read.url('http:', 'https:')),
  REPLY_TO: optional(read.mailbox),
  RETURN_ADDRESS: optional(inbound.returnAddress),
  INBOUND_LISTEN: optional(inbound.inboundListen),
  INBOUND_IMAP_URL: optional(inbound.inboundMailbox),
  SES_TOPIC_ARN: optional(inbound.topicArns),
  SENDGRID_PUBLIC_KEY: optional(inbound.publicKey),
  MAILGUN_SIGNING_KEY: optional(read.text('a signing key')),
  POSTMARK_SECRET: optional(inbound.ownSecret),
  RESEND_WEBHOOK_SECRET: optional(inbound.standardSecret),
  BREVO_SECRET: optional(inbound.ownSecret),
  DKIM_DOMAIN: optional(read.domainName),
  DKIM_SELECTOR: optional(read.domainName),
  DKIM_KEY_FILE: optional(read.text('a file')),
  DKIM_SELECTOR_2: optional(read.domainName),
  DKIM_KEY_FILE_2: optional(read.text('a file')),
  PAPERS_API_URL: withDefault('https://huggingface.co', read.url('http:', 'https:')),
  ARXIV_API_URL: withDefault('https://export.arxiv.org', read.url('http:', 'https:')),
  SEND_AT: withDefault('06:00', read.timeOfDay),
  TIMEZONE: withDefault('UTC', read.timezone),
  PUBLICATION: withDefault('Daily Papers', read.text('one line of text')),
  BYLINE: withDefault('by AK and the research community', read.text('one line of text')),
  SENDER_ADDRESS: optional(read.text('one line of text')),
  MEANING_MODEL: optional(read.text('a folder, or a name of the Hub')),
  MEASURE: withDefault('off', read.measure),
  PICTURES: withDefault('on', read.oneOf('on', 'off')),
  EDITION_SIZE: withDefault('10', read.wholeNumber(1, 50)),
  EDITION_MIN: withDefault('3', read.wholeNumber(1, 50)),
  LEASE_SECONDS: withDefault('20', read.wholeNumber(2, 600)),
  RETRY_SECONDS: withDefault('60', read.wholeNumber(1, 3_600)),
  SEND_RATE: optional(read.wholeNumber(1, 100_000)),
  DOMAIN_RATES: optional(read.domainRates),
  CANARY_PERCENT: withDefault('1', read.wholeNumber(0, 50)),
  IN_DOUBT: withDefault('resend', read.oneOf('resend', 'hold')),
  RETENTION_DAYS: withDefault('400', read.wholeNumber(7, 36_500)),
  SECRET_KEY: optional(read.text('at least 32 characters', (value) => value.length >= 32)),
  ADMIN_KEY: optional(read.text('at least 32 characters', (value) => value.length >= 32)),
}

type Variables = typeof variables
type Values = { [Name in keyof Variables]: ReturnType<Variables[Name]['read']> }

/** All settings of a process, checked. `mailUrls` is absent in development alone: mail goes to the outbox. */
export type Config = ReturnType<typeof arrange>

/**
 * Reads and checks the environment. An empty value counts as unset.
 * @throws ConfigError with a line for every fault: the variable's name and what it expects.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const faults: string[] = []
  const values = Object.fromEntries(
    Object.entries(variables).map(([name, variable]) => [name, readOne(name, variable, env, faults)]),
  ) as Values
  if (faults.length === 0) faults.push(...checkTogether(values))
  if (faults.length > 0) {
    throw new ConfigError(`The configuration is wrong:\n${faults.map((fault) => `  ${fault}`).join('\n')}`)
  }
  return arrange(values)
}

function readOne(
  name: string,
  variable: Variable<unknown>,
  env: NodeJS.ProcessEnv,
  faults: string[],
): unknown {
  const given = env[name] || variable.fallback
  if (given === undefined) return undefined
  try {
    return variable.read(given)
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error
    // The value is not shown: it may be a secret or hold a password.
    faults.push(`${name} must be ${messageOf(error)}`)
    return undefined
  }
}

function checkTogether(values: Values): string[] {
  const faults = dkimFaults(values)
  if (values.NODE_ENV === 'production' && !values.SECRET_KEY) {
    faults.push('SECRET_KEY must be set when NODE_ENV=production (at least 32 characters)')
  }
  if (values.NODE_ENV === 'production' && !values.MAIL_URL) {
    faults.push('MAIL_URL must be set when NODE_ENV=production: the outbox is for development')
  }
  faults.push(...oauthFaults(values))
  if (values.EDITION_MIN > values.EDITION_SIZE) {
    faults.push('EDITION_MIN must be at most EDITION_SIZE')
  }
  return faults
}

function oauthFaults(values: Values): string[] {
  const wanted = values.MAIL_URL?.some((url) => /[?&]auth=xoauth2(?:&|$)/i.test(url)) ?? false
  if (!wanted && !values.OAUTH_TOKEN_URL) return []
  const fault = (name: string) => `${name} must be set for auth=xoauth2`
  const { OAUTH_CLIENT_SECRET: secret, OAUTH_REFRESH_TOKEN: refresh } = values
  return [
    ...(values.OAUTH_TOKEN_URL ? [] : [fault('OAUTH_TOKEN_URL')]),
    ...(values.OAUTH_CLIENT_ID ? [] : [fault('OAUTH_CLIENT_ID')]),
    ...(secret || refresh ? [] : [fault('OAUTH_CLIENT_SECRET or OAUTH_REFRESH_TOKEN')]),
  ]
}

function oauthOf(values: Values): OAuth | null {
  const { OAUTH_TOKEN_URL: tokenUrl, OAUTH_CLIENT_ID: clientId } = values
  if (!tokenUrl || !clientId) return null
  const { OAUTH_CLIENT_SECRET: clientSecret, OAUTH_REFRESH_TOKEN: refreshToken, OAUTH_SCOPE: scope } = values
  return { tokenUrl, clientId, clientSecret, refreshToken, scope }
}

function arrange(values: Values) {
  return {
    production: values.NODE_ENV === 'production',
    logLevel: values.LOG_LEVEL,
    host: values.HOST,
    port: values.PORT,
    /** Where a worker says how it is, if anywhere. */
    workerPort: values.WORKER_PORT,
    publicUrl: values.PUBLIC_URL ?? `http://localhost:${values.PORT}`,
    trustedProxies: values.TRUSTED_PROXIES,
    /** Networks that webhooks may call besides the public internet. */
    webhookAllow: (values.WEBHOOK_ALLOW ?? []).map(parseNetwork).filter((network) => network !== null),
    databaseUrl: values.DATABASE_URL,
    dataDir: values.DATA_DIR,
    mailUrls: values.MAIL_URL,
    /** Whether mail goes to files, shown at /outbox with its working links to whoever asks. */
    outbox: values.NODE_ENV !== 'production' && values.MAIL_URL === undefined,
    /** Where tokens come from to log in to a relay by XOAUTH2. */
    oauth: oauthOf(values),
    /** Asked after each edition that is out and each quiet day. */
    watcherUrl: values.WATCHER_URL,
    mailFrom: values.MAIL_FROM,
    /** Where answers go, when not to the sender. */
    replyTo: values.REPLY_TO,
    /** Where what comes back is mailed to, behind a plus sign and a token; else MAIL FROM is the sender. */
    returnAddress: values.RETURN_ADDRESS,
    /** Where the inbound process takes mail. */
    inboundListen: values.INBOUND_LISTEN,
    /** The mailbox that it empties. */
    inboundMailbox: values.INBOUND_IMAP_URL,
    /** What the events of each provider are checked with; a way in without it answers 404. */
    inboundSecrets: {
      ses: values.SES_TOPIC_ARN,
      sendgrid: values.SENDGRID_PUBLIC_KEY,
      mailgun: values.MAILGUN_SIGNING_KEY,
      postmark: values.POSTMARK_SECRET,
      resend: values.RESEND_WEBHOOK_SECRET,
      brevo: values.BREVO_SECRET,
    },
    /** Keys to sign mail with; none when it goes unsigned. */
    dkim: dkimSettings(values),
    papersApiUrl: values.PAPERS_API_URL,
    arxivApiUrl: values.ARXIV_API_URL,
    sendAt: values.SEND_AT,
    timezone: values.TIMEZONE,
    publication: values.PUBLICATION,
    byline: values.BYLINE,
    /** The postal address in the foot of editions; null where none is set. */
    senderAddress: values.SENDER_ADDRESS ?? null,
    meaningModel: values.MEANING_MODEL ?? null,
    /** Whether it is measured who opens mails and follows their links. */
    measure: values.MEASURE,
    /** Whether pictures of papers are fetched and shown. */
    pictures: values.PICTURES === 'on',
    editionSize: values.EDITION_SIZE,
    editionMin: values.EDITION_MIN,
    /** How long a worker holds a delivery without saying that it lives. */
    leaseMs: values.LEASE_SECONDS * 1_000,
    /** The wait before the first retry of what was deferred. */
    retryBaseMs: values.RETRY_SECONDS * 1_000,
    /** Messages a second that all workers send together, at most. */
    sendRate: values.SEND_RATE,
    domainRates: values.DOMAIN_RATES ?? {},
    canaryPercent: values.CANARY_PERCENT,
    /** What becomes of a delivery of which nobody knows whether the relay took it. */
    inDoubt: values.IN_DOUBT,
    /** How long the tries of mails and the details of who took them are kept. */
    retentionDays: values.RETENTION_DAYS,
    secretKey: values.SECRET_KEY,
    adminKey: values.ADMIN_KEY,
  }
}
