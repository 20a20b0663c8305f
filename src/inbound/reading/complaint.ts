/** Complaints of readers: ARF (RFC 5965), also when asked for by CFBL-Address (RFC 9477), and what came before. */
import { addressIn } from '../opening/addresses.js'
import { parseFields } from '../opening/fields.js'
import type { OpenedMail } from '../opening/open-mail.js'

export type Feedback = { type: string; addresses: string[] }

/** Types of feedback in which no reader complains. */
const notOfReaders = new Set(['auth-failure', 'not-spam', 'dmarc', 'dkim'])

/** What a feedback report says; null when the mail is none. */
export function feedbackOf(mail: OpenedMail): Feedback | null {
  const part = mail.parts.find(({ type }) => type === 'message/feedback-report')
  if (part) {
    const fields = parseFields(part.content)
    const named = fields.all('original-rcpt-to').slice(0, 100).map(addressIn)
    return {
      type: fields.get('feedback-type')?.toLowerCase().split(/[;\s]/)[0] || 'abuse',
      addresses: [...new Set(named.filter((address) => address !== null))],
    }
  }
  return mail.reportType === 'feedback-report' ? { type: 'abuse', addresses: [] } : feedbackBeforeArf(mail)
}

export const isComplaint = ({ type }: Pick<Feedback, 'type'>) => !notOfReaders.has(type)

/** Outlook.com's own form, XARF and reports whose part has another type. */
function feedbackBeforeArf(mail: OpenedMail): Feedback | null {
  const junk = addressIn(mail.header.get('x-hmxmroriginalrecipient') ?? '')
  if (junk) return { type: 'abuse', addresses: [junk] }
  if (mail.from === 'staff@hotmail.com' && /complaint about message/i.test(mail.subject)) {
    return { type: 'abuse', addresses: [] }
  }
  const xarf = mail.parts.some(
    ({ type, content }) => type === 'application/json' && /"ReportType"\s*:\s*"spam"/i.test(content),
  )
  if (xarf) return { type: 'abuse', addresses: [] }
  return /^this is an? (?:\S+ ){0,3}(?:email )?abuse (?:report|complaint)/im.test(mail.text.slice(0, 2_000))
    ? { type: 'abuse', addresses: [] }
    : null
}
