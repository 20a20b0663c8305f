/** The machine-readable part of a delivery status notification: RFC 3464, and RFC 6533 beyond ASCII. */
import { addressIn } from '../opening/addresses.js'
import { parseBlocks, type Fields } from '../opening/fields.js'
import type { OpenedMail } from '../opening/open-mail.js'

export type Action = 'failed' | 'delayed' | 'delivered'

export type StatusBlock = {
  /** As we wrote it, where the report says so, else as it was last; null when neither is an address. */
  address: string | null
  action: Action
  status: string | null
  /** The reply of the server that refused, without its type; that of a program (`X-Unix`) with it. */
  diagnostic: string | null
}

const blocksRead = 500

/** One for each recipient of the report; empty without such a part. */
export function deliveryStatusOf(mail: OpenedMail): StatusBlock[] {
  return mail.parts
    .filter(({ type }) => /^message\/(?:global-)?delivery-status$/.test(type))
    .flatMap(({ content }) => parseBlocks(content))
    .filter(isOfRecipient)
    .slice(0, blocksRead)
    .map(blockOf)
}

const isOfRecipient = (block: Fields) =>
  ['final-recipient', 'original-recipient', 'action', 'diagnostic-code'].some((name) => block.get(name))

function blockOf(block: Fields): StatusBlock {
  const status = /[245]\.\d{1,3}\.\d{1,3}/.exec(block.get('status') ?? '')?.[0] ?? null
  return {
    address: addressOf(block.get('original-recipient')) ?? addressOf(block.get('final-recipient')),
    action: actionOf(block.get('action'), status),
    status,
    diagnostic: block.get('diagnostic-code')?.replace(/^\s*(?!x-unix)[\w-]{1,20}\s*;\s*/i, '') || null,
  }
}

/** `rfc822; reader@example.org`, or `utf-8; \x{540D}@example.org`. */
function addressOf(recipient: string | undefined): string | null {
  if (!recipient) return null
  const value = recipient.replace(/^\s*[\w-]{1,20}\s*;\s*/, '')
  return addressIn(
    value.replaceAll(/\\x\{([0-9a-f]{2,6})\}/gi, (escaped, hex: string) => {
      const point = Number.parseInt(hex, 16)
      return point > 0x10ffff ? escaped : String.fromCodePoint(point)
    }),
  )
}

/** Some write a comment behind the action, or none at all: then the status tells. */
function actionOf(action: string | undefined, status: string | null): Action {
  if (/^\s*delayed/i.test(action ?? '')) return 'delayed'
  if (/^\s*(?:delivered|relayed|expanded|deliverable)/i.test(action ?? '')) return 'delivered'
  return !action && status?.startsWith('2.') ? 'delivered' : 'failed'
}
