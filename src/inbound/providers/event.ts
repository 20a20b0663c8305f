/** The one shape that the events of all providers take, and the way from a provider's words to a class. */
import type { Stage } from '../../mail/refusal/meaning.js'
import { judge, type Recipient } from '../reading/judge.js'

export type ProviderName = 'ses' | 'sendgrid' | 'mailgun' | 'postmark' | 'resend' | 'brevo'

export type EventKind =
  | 'bounce'
  | 'complaint'
  | 'delayed'
  | 'delivered'
  /** Left, by a link or button of the provider. */
  | 'left'
  | 'opened'
  | 'clicked'

export type ProviderEvent = {
  provider: ProviderName
  /** Of this event for this recipient: the same when it is told again. */
  id: string
  at: Date
  kind: EventKind
  address: string
  class: Recipient['class'] | 'complaint'
  status: string | null
  code: number | null
  words: string
  /** The header Message-ID, in its brackets, where the provider keeps ours. */
  messageId: string | null
  /** MAIL FROM, where the provider tells it: it holds our token. */
  returnPath: string | null
  /** The provider says that a machine opened or clicked; null when it does not know. */
  machine: boolean | null
}

export type Told = {
  provider: ProviderName
  id: string
  at: Date
  kind: EventKind
  address: string
  words?: string
  /** The words are the provider's own, the same for many causes: shown, and not judged by. */
  stock?: boolean
  status?: string | null
  messageId?: string | null
  returnPath?: string | null
  machine?: boolean | null
  /** The provider itself calls the address no good: then it was refused at RCPT, and words against it count. */
  ofAddress?: boolean
}

/** Judges a bounce by the rule that judges all refusals; what a provider calls hard decides nothing by itself. */
export function eventOf({
  ofAddress = false,
  stock = false,
  words = '',
  status = null,
  ...told
}: Told): ProviderEvent {
  const shared = { messageId: null, returnPath: null, machine: null, ...told }
  if (told.kind === 'complaint') return { ...shared, class: 'complaint', status, code: null, words }
  if (told.kind !== 'bounce')
    return { ...shared, class: null, status, code: null, words: words.slice(0, 1_000) }
  const stage: Stage = ofAddress ? 'rcpt' : null
  const block = { address: told.address, action: 'failed' as const, status, diagnostic: stock ? null : words }
  const judged = judge({ address: told.address, block, words: '', report: '', stage })
  return { ...shared, ...judged, words: words.slice(0, 1_000) }
}

export type Fields = Record<string, unknown>

/** An object's fields; none for anything else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

/** At most so many of a list that a stranger sent. */
export function listOf(value: unknown, most = 1_000): unknown[] {
  return Array.isArray(value) ? value.slice(0, most) : []
}

export function textOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value.slice(0, 4_000) : null
}

/** Without name and brackets; null when there is no address in it. */
export function mailboxOf(value: unknown): string | null {
  const text = textOf(value)?.trim() ?? ''
  const address = /<([^<>\s]+@[^<>\s]+)>$/.exec(text)?.[1] ?? text
  return /^[^\s<>]{1,64}@[^\s<>]{1,255}$/.test(address) ? address : null
}

/** In brackets, whether the provider kept them or not. */
export function messageIdOf(value: unknown): string | null {
  const text = textOf(value)?.trim().replace(/^<|>$/g, '') ?? ''
  return /^[^\s<>]{3,980}$/.test(text) ? `<${text}>` : null
}

/** From seconds since 1970 or a date in words; null when it is neither. */
export function timeOf(value: unknown): Date | null {
  const at = typeof value === 'number' ? new Date(value * 1_000) : new Date(textOf(value) ?? Number.NaN)
  return Number.isNaN(at.getTime()) ? null : at
}
