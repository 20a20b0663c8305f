/** Amazon SES by way of an SNS topic that is subscribed by e-mail: the notice stands in the text as JSON. */
import type { Action, StatusBlock } from './delivery-status.js'

const actions: Record<string, Action> = {
  Bounce: 'failed',
  Delivery: 'delivered',
  DeliveryDelay: 'delayed',
}
const details: Record<Action, string> = { failed: 'bounce', delivered: 'delivery', delayed: 'deliveryDelay' }

/** One block for each recipient; empty when the text holds no such notice. */
export function sesBlocks(text: string): StatusBlock[] {
  return blocksOfSes(noticeIn(text) ?? {})
}

/** The recipients of a notification (or published event) of SES; empty when it is not about delivery. */
export function blocksOfSes(notice: Record<string, unknown>): StatusBlock[] {
  const action = actions[String(notice['notificationType'] ?? notice['eventType'])]
  if (!action) return []
  const detail = fieldsOf(notice[details[action]])
  const named = [
    detail['bouncedRecipients'] ?? detail['delayedRecipients'] ?? detail['recipients'] ?? [],
  ].flat()
  return named.slice(0, 100).flatMap((recipient) => {
    const fields: Record<string, unknown> =
      typeof recipient === 'string' ? { emailAddress: recipient } : fieldsOf(recipient)
    const address = textOf(fields['emailAddress'])
    const diagnostic = textOf(fields['diagnosticCode'])?.replace(/^\w+; ?/, '') ?? null
    return address === null ? [] : [{ address, action, status: textOf(fields['status']), diagnostic }]
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
