/** Links that need no row: signed for one purpose and one subscriber, verified under every kept key. */
import { timingSafeEqual } from 'node:crypto'
import type { Secrets } from '../config/secrets.js'
import { keyById, keyedText } from './keys.js'

export type LinkPurpose = 'unsubscribe' | 'preferences' | 'session' | 'mine'

export type Link =
  | { state: 'valid'; subscriberId: number; epoch?: number }
  /** Signed by us, too old. */
  | { state: 'expired'; subscriberId: number; epoch?: number }
  | { state: 'unknown' }

/** Who a link is for. Links to the preferences end when the epoch is raised; the first is 0. */
export type LinkedReader = { id: number; epoch: number }

/** Of base64url: 24 bytes. */
const signatureLength = 32

/** How long a link to the preferences may be used: as long as a mail is likely to be looked up again. */
const preferencesDays = 30

/**
 * A link that unsubscribes as long as its key is kept; SECRET_KEY says to keep old keys for two years. It has no
 * epoch: whoever has a mail of ours may leave by it.
 */
export function unsubscribeUrl(secrets: Secrets, publicUrl: string, subscriberId: number): string {
  return `${publicUrl}/unsubscribe/${sign(secrets, 'unsubscribe', { id: subscriberId, epoch: 0 })}`
}

/** A link to the preferences that works for {@link preferencesDays} days from `at`. */
export function preferencesUrl(secrets: Secrets, publicUrl: string, reader: LinkedReader, at: Date): string {
  const expires = new Date(at.getTime() + preferencesDays * 86_400_000)
  return `${publicUrl}/preferences/${sign(secrets, 'preferences', reader, expires)}`
}

/**
 * Where a reader's own pages begin: their edition, their answers to its papers, their reading list. Good for as long
 * as one to the preferences.
 */
export function mineUrl(secrets: Secrets, publicUrl: string, reader: LinkedReader, at: Date): string {
  const expires = new Date(at.getTime() + preferencesDays * 86_400_000)
  return `${publicUrl}/mine/${sign(secrets, 'mine', reader, expires)}`
}

/** The links of a mail that are its reader's own. */
export interface FootLinks {
  readonly unsubscribe: string
  readonly preferences: string
  readonly mine: string
}

/** A reader's own, each signed when it is asked for: few mails have them all. */
export class ReaderLinks implements FootLinks {
  readonly #secrets: Secrets
  readonly #publicUrl: string
  readonly #reader: LinkedReader
  readonly #at: Date
  #unsubscribe: string | undefined
  #preferences: string | undefined
  #mine: string | undefined

  constructor(secrets: Secrets, publicUrl: string, reader: LinkedReader, at: Date) {
    this.#secrets = secrets
    this.#publicUrl = publicUrl
    this.#reader = reader
    this.#at = at
  }

  get unsubscribe(): string {
    return (this.#unsubscribe ??= unsubscribeUrl(this.#secrets, this.#publicUrl, this.#reader.id))
  }

  get preferences(): string {
    return (this.#preferences ??= preferencesUrl(this.#secrets, this.#publicUrl, this.#reader, this.#at))
  }

  get mine(): string {
    return (this.#mine ??= mineUrl(this.#secrets, this.#publicUrl, this.#reader, this.#at))
  }
}

/** In place of a reader's, for whoever sees a mail and is not its reader: they open nothing. */
export function inertLinks(publicUrl: string): FootLinks {
  const preview = (page: string) => `${publicUrl}/${page}/preview`
  return { unsubscribe: preview('unsubscribe'), preferences: preview('preferences'), mine: preview('mine') }
}

/**
 * `KEYID.ID-EPOCH.EXPIRY.SIGNATURE` in characters that need no escaping in a URL, without `-EPOCH` in the first
 * one; an absent expiry is empty.
 */
export function sign(secrets: Secrets, purpose: LinkPurpose, reader: LinkedReader, expires?: Date): string {
  const [key] = secrets.keys
  const expiry = expires ? Math.ceil(expires.getTime() / 1000).toString(36) : ''
  const id = [reader.id, ...(reader.epoch > 0 ? [reader.epoch] : [])].map((number) => number.toString(36))
  const claim = `${key.id}.${id.join('-')}.${expiry}`
  return `${claim}.${signature(key, purpose, claim)}`
}

/** What a token of a link is worth at that instant; never throws, whatever the text. */
export function verify(secrets: Secrets, purpose: LinkPurpose, token: string, at: Date): Link {
  const match = /^(([\w-]{1,16})\.([0-9a-z]{1,7})(?:-([0-9a-z]{1,7}))?\.([0-9a-z]{0,8}))\.([\w-]{32})$/.exec(
    token,
  )
  const [, claim = '', keyId = '', id = '', epoch, expiry = '', signed = ''] = match ?? []
  const key = keyById(secrets, keyId)
  if (!match || !key) return { state: 'unknown' }
  const made = signature(key, purpose, claim)
  if (!timingSafeEqual(Buffer.from(signed), Buffer.from(made))) return { state: 'unknown' }
  const reader = {
    subscriberId: Number.parseInt(id, 36),
    ...(epoch && { epoch: Number.parseInt(epoch, 36) }),
  }
  const expired = expiry !== '' && Number.parseInt(expiry, 36) * 1000 <= at.getTime()
  return { state: expired ? 'expired' : 'valid', ...reader }
}

function signature(key: Secrets['keys'][0], purpose: LinkPurpose, claim: string): string {
  return keyedText(key, `${purpose} link`, claim, 'base64url').slice(0, signatureLength)
}
