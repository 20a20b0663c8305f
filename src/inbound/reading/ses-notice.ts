/** Amazon SES by way of an SNS topic that is subscribed by e-mail: the notice stands in the text as JSON. */
import type { Action, StatusBlock } from './delivery-status.js'

const kinds: Record<string, Action> = { Bounce: 'failed', Delivery: 'delivered', DeliveryDelay: 'delayed' }

/** One block for each recipient; empty when the text holds no such notice. */
export function sesBlocks(text: string): StatusBlock[] {
  const notice = noticeIn(text)
  const action = kinds[String(notice?.['notificationType'] ?? notice?.['eventType'])]
  if (!notice || !action) return []
  const detail = fieldsOf(
    notice[action === 'failed' ? 'bounce' : action === 'delayed' ? 'deliveryDelay' : 'delivery'],
  )
  const recipients = [
    detail['bouncedRecipients'] ?? detail['delayedRecipients'] ?? detail['recipients'] ?? [],
  ].flat()
  return recipients.slice(0, 100).flatMap((recipient) => {
    const named: Record<string, unknown> =
      typeof recipient === 'string' ? { emailAddress: recipient } : fieldsOf(recipient)
    const address = textOf(named['emailAddress'])
    const diagnostic = textOf(named['diagnosticCode'])?.replace(/^\w+; ?/, '') ?? null
    return address === null ? [] : [{ address, action, status: textOf(named['status']), diagnostic }]
  })
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : null)

/** By itself on a line, or within SNS's own JSON, whose long lines some mail program broke with `!`. */
function noticeIn(text: string): Record<string, unknown> | null {
  const read = text.slice(0, 64 * 1024).replaceAll('!\n ', '')
  const line = /^\{"(?:notificationType|eventType)":[^\n]{1,60000}\}[ \t]*$/m.exec(read)?.[0]
  const quoted = /"Message"\s{0,9}:\s{0,9}("(?:[^"\\\n]|\\.){1,60000}")/.exec(read)?.[1]
  try {
    return fieldsOf(JSON.parse(line ?? String(JSON.parse(quoted ?? '"null"'))))
  } catch {
    return null
  }
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
