/** Takes a mail apart within bounds of size, depth and parts: what is beyond them is not looked at. */
import type { Attachment, ParsedMail } from 'mailparser'
import { withinBounds } from './bounds.js'
import { htmlLines } from './html-lines.js'
import { type Fields, parseFields } from './fields.js'

export type OpenedMail = {
  /** Fields of the mail's own header. */
  header: Fields
  subject: string
  /** The address in From, in lower case; empty when there is none. */
  from: string
  /** Of `multipart/report`: `delivery-status`, `feedback-report` and the like. */
  reportType: string | null
  /** The text for people. */
  text: string
  /** The mail that came back, as far as it did: at least its header. */
  returned: string | null
  parts: { type: string; content: string }[]
}

const options = {
  ignoreEmbedded: true,
  keepDeliveryStatus: true,
  checksumAlgo: false,
  keepCidLinks: true,
  skipHtmlToText: true,
  skipTextToHtml: true,
  skipTextLinks: true,
  maxHeadSize: 128 * 1024,
  maxChildNodes: 64,
} as const

/** How much of one part is kept, in characters. */
const partRead = 128 * 1024

/** Never throws: what no parser takes apart is read as one text. */
export async function openMail(raw: Buffer): Promise<OpenedMail> {
  const bounded = withinBounds(raw)
  // Imported late: it takes long to load, and most commands never read a mail.
  const { simpleParser } = await import('mailparser')
  try {
    const mail = opened(bounded, await simpleParser(bounded, options))
    return mail.text.trim() === '' && mail.parts.length === 0 ? asOneText(bounded) : mail
  } catch {
    return asOneText(bounded)
  }
}

function opened(bounded: Buffer, mail: ParsedMail): OpenedMail {
  const parts = mail.attachments.map(partOf)
  const header = parseFields(mail.headerLines.map(({ line }) => line).join('\n'))
  const more = parts.filter(({ type }) => type === 'text/plain').map(({ content }) => content)
  return {
    header,
    subject: mail.subject ?? '',
    from: mail.from?.value[0]?.address?.toLowerCase() ?? '',
    reportType: reportTypeOf(header),
    text: [textOf(mail), ...more].join('\n'),
    returned: parts.find(({ type }) => isReturned(type))?.content ?? null,
    parts: [...parts, ...(hasReport(parts) ? [] : unseparated(header, bounded))],
  }
}

function textOf({ text, html }: ParsedMail): string {
  const plain = (text ?? '').slice(0, partRead)
  return plain.trim() === '' && html ? htmlLines(html) : plain
}

const hasReport = (parts: OpenedMail['parts']) =>
  parts.some(({ type }) => /^message\/(?:[\w-]+-)?(?:delivery-status|report)$/.test(type))

function partOf({ contentType, content }: Attachment) {
  const type = contentType.toLowerCase()
  return { type, content: content.subarray(0, partRead).toString('utf8').replaceAll('\r\n', '\n') }
}

const isReturned = (type: string) =>
  /^(?:message\/(?:rfc822|global|partial|rfc822-headers|global-headers)|text\/rfc822-headers?)$/.test(type)

/** Reports whose boundaries are broken still hold their fields. */
function unseparated(header: Fields, bounded: Buffer): OpenedMail['parts'] {
  if (reportTypeOf(header) === null) return []
  const raw = bounded.subarray(0, partRead).toString('latin1').replaceAll('\r\n', '\n')
  const at = raw.search(/^content-type:\s*message\/(?:delivery-status|feedback-report)/im)
  if (at < 0) return reporting(raw)
  const type = /delivery-status/i.test(raw.slice(at, at + 80)) ? 'delivery-status' : 'feedback-report'
  const body = raw.indexOf('\n\n', at)
  return body < 0 ? [] : [{ type: `message/${type}`, content: raw.slice(body + 2) }]
}

function reporting(raw: string): OpenedMail['parts'] {
  const at = raw.search(/^(?:reporting-mta|final-recipient):/im)
  return at < 0 ? [] : [{ type: 'message/delivery-status', content: raw.slice(at) }]
}

function reportTypeOf(header: Fields): string | null {
  const type = header.get('content-type') ?? ''
  if (!/^\s*multipart\/report/i.test(type)) return null
  return /report-type\s*=\s*"?([\w-]+)/i.exec(type)?.[1]?.toLowerCase() ?? 'delivery-status'
}

function asOneText(bounded: Buffer): OpenedMail {
  const raw = bounded
    .subarray(0, 2 * partRead)
    .toString('latin1')
    .replaceAll('\r\n', '\n')
  const end = raw.indexOf('\n\n')
  const header = parseFields(end < 0 ? raw : raw.slice(0, end))
  return {
    header,
    subject: header.get('subject') ?? '',
    from: /[^\s<>"]+@[^\s<>"]+/.exec(header.get('from') ?? '')?.[0]?.toLowerCase() ?? '',
    reportType: reportTypeOf(header),
    text: end < 0 ? '' : raw.slice(end + 2),
    returned: null,
    parts: unseparated(header, bounded),
  }
}
