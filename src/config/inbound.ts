/** Readers of the settings of what comes in: where it comes back to, where it is taken, what it is checked with. */
import { createPublicKey } from 'node:crypto'
import { domainName, text } from './readers.js'
import { Unexpected } from './unexpected.js'

const refuse = (expected: string): never => {
  throw new Unexpected(expected)
}

/** A bare address with a short local part, since a plus sign and a token are put behind it. */
export const returnAddress = (value: string): string => {
  const [, local, domain] = /^([a-z0-9._-]{1,14})@([^@\s]+)$/i.exec(value) ?? []
  if (!local || !domain || local.toLowerCase() === 'leave')
    return refuse('an address such as bounce@b.example.org, with up to 14 characters before the @')
  return `${local}@${domainName(domain).toLowerCase()}`
}

export type InboundListen = { protocol: 'lmtp' | 'smtp'; host: string; port: number }

export const inboundListen = (value: string): InboundListen => {
  const [, protocol, host, port] =
    /^(lmtp|smtp):\/\/(\[[0-9a-f:]+\]|[\w.-]+):(\d{1,5})\/?$/i.exec(value) ?? []
  if (!protocol || !host || Number(port) > 65_535)
    return refuse('where to listen, such as lmtp://127.0.0.1:2424 or smtp://0.0.0.0:25')
  return {
    protocol: protocol.toLowerCase() === 'lmtp' ? 'lmtp' : 'smtp',
    host: host.replaceAll(/[[\]]/g, ''),
    port: Number(port),
  }
}

export type InboundMailbox = {
  /** TLS from the first byte; else STARTTLS, which is required but on loopback. */
  secure: boolean
  host: string
  port: number
  user: string
  /** Absent: an access token of OAuth logs in. */
  password: string | undefined
  folder: string
}

export const inboundMailbox = (value: string): InboundMailbox => {
  const url = URL.canParse(value) ? new URL(value) : null
  if (!url || !['imap:', 'imaps:'].includes(url.protocol) || url.hostname === '' || url.username === '')
    return refuse('a mailbox such as imaps://USER:PASSWORD@host/INBOX')
  const secure = url.protocol === 'imaps:'
  return {
    secure,
    host: url.hostname.replaceAll(/[[\]]/g, ''),
    port: Number(url.port) || (secure ? 993 : 143),
    user: decodeURIComponent(url.username),
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
    folder: decodeURIComponent(url.pathname.slice(1)) || 'INBOX',
  }
}

/** ARNs of SNS topics, comma-separated. */
export const topicArns = (value: string): string[] =>
  value.split(',').map((arn) => {
    const fits = /^arn:aws(?:-[a-z-]+)?:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}(?:\.fifo)?$/.test(arn.trim())
    return fits ? arn.trim() : refuse('ARNs of SNS topics, such as arn:aws:sns:eu-west-1:123456789012:mail')
  })

/** Base64 of the DER form, as SendGrid's settings show it, or PEM. */
export const publicKey = (value: string): string => {
  try {
    if (value.includes('-----BEGIN')) createPublicKey(value)
    else createPublicKey({ key: Buffer.from(value, 'base64'), format: 'der', type: 'spki' })
    return value
  } catch {
    return refuse('the public key that SendGrid shows for its event webhook')
  }
}

export const ownSecret = text('a secret of at least 16 characters', (value) => value.length >= 16)

/** As Standard Webhooks has them. */
export const standardSecret = text('a secret that begins with whsec_', (value) =>
  /^whsec_[a-z0-9+/]{16,}={0,2}$/i.test(value),
)
