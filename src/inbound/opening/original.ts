/** What the mail that came back says of itself: the way back to the mail that was owed. */
import { parseFields } from './fields.js'
import type { OpenedMail } from './open-mail.js'

export type Original = {
  messageId: string | null
  /** As CFBL (RFC 9477) has us name the mail. */
  feedbackId: string | null
  /** Whom it was mailed to. */
  to: string | null
  sender: string | null
}

const headRead = 64 * 1024

/** From the enclosed mail, its header below the words of the report, or In-Reply-To; null what none of them tells. */
export function originalOf({ returned, text, header }: OpenedMail): Original {
  const head = (returned ?? text).slice(0, headRead)
  const end = returned === null ? -1 : head.search(/\n[ \t]*\n/)
  const fields = parseFields(end < 0 ? head : head.slice(0, end))
  return {
    messageId: idIn(fields.get('message-id')) ?? idIn(header.get('in-reply-to')),
    feedbackId: fields.get('cfbl-feedback-id')?.slice(0, 990) || null,
    to: fields.get('to') ?? null,
    sender: fields.get('return-path') ?? fields.get('from') ?? null,
  }
}

const idIn = (field: string | undefined) => /<[^<>\s]{1,990}>/.exec(field ?? '')?.[0] ?? null
