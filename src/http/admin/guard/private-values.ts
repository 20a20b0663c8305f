/** Takes out of an answer what its key may not read: addresses of readers, and where alerts go. */
import { maskAddresses } from '../../../format/mask-addresses.js'
import { allows, type GrantedScope } from '../../../operations/keys/scopes.js'

/** Words of papers, which are public, and which an editor sends back as they were read. */
const publicFields = new Set(['title', 'abstract', 'summary', 'authors', 'subject', 'preheader', 'mailText'])
/** Addresses of operators, and URLs of webhooks, whose paths are secrets of their receivers. */
const destinationFields = new Set(['emails', 'webhooks', 'place'])

type Reach = {
  /** Addresses of readers, wherever they stand. */
  addresses: boolean
  /** Where alerts go, as who may set it, and who may read its secrets, sees it. */
  destinations: boolean
}

function reachOf(granted: readonly GrantedScope[]): Reach {
  return {
    addresses: allows(granted, 'subscribers:read'),
    destinations: allows(granted, 'editions:write') || allows(granted, 'keys:write'),
  }
}

/** A copy of the value, with masks for what a key with these scopes may not read. */
export function withoutPrivateValues<T>(value: T, granted: readonly GrantedScope[]): T {
  const reach = reachOf(granted)
  return reach.addresses && reach.destinations ? value : (masked(value, '', reach) as T)
}

function masked(value: unknown, field: string, reach: Reach): unknown {
  if (typeof value === 'string') return maskedText(value, field, reach)
  if (Array.isArray(value)) return value.map((item) => masked(item, field, reach))
  if (!isPlain(value)) return value
  // A webhook of events is an object with its URL.
  const named = (name: string) => (field === 'webhooks' && name === 'url' ? field : name)
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, masked(inner, named(name), reach)]),
  )
}

function maskedText(text: string, field: string, reach: Reach): string {
  if (publicFields.has(field)) return text
  if (destinationFields.has(field)) return reach.destinations ? text : maskAddresses(originAlone(text))
  return reach.addresses ? text : maskAddresses(text)
}

const originAlone = (text: string): string =>
  /^https?:/i.test(text) && URL.canParse(text) ? `${new URL(text).origin}/…` : text

/** Rows and objects of our own; dates and the like stay what they are. */
function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
