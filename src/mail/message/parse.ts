/** Reads a message of our own making back, for pages that show what was mailed. */
import type { AddressObject } from 'mailparser'

export type ParsedMail = {
  subject: string
  from: string
  to: string
  date: string
  /** Sent markup: show it only where no script runs. */
  html: string
  text: string
  /** The whole message as it was sent. */
  raw: string
}

/** @throws when it is no mail at all, or one of more parts than we ever make. */
export async function parseMail(raw: string): Promise<ParsedMail> {
  // Imported late: it takes long to load, and only the outbox in development reads mails of ours.
  const { simpleParser } = await import('mailparser')
  const mail = await simpleParser(raw, { keepCidLinks: true, skipTextToHtml: true, maxChildNodes: 20 })
  return {
    subject: mail.subject ?? '',
    from: textOf(mail.from),
    to: textOf(mail.to),
    date: mail.headerLines.find(({ key }) => key === 'date')?.line.replace(/^date:\s*/i, '') ?? '',
    html: mail.html || '',
    text: mail.text ?? '',
    raw,
  }
}

const textOf = (addresses: AddressObject | AddressObject[] | undefined) =>
  [addresses ?? []]
    .flat()
    .flatMap(({ value }) => value)
    .map(({ name, address }) => `${name} <${address}>`.trim())
    .join(', ')
