/** Reads a message of our own making back, for pages that show what was mailed. */
import { decodeQuotedPrintable } from './qp.js'

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

/** Understands what `assembleMail` makes: quoted-printable parts of multipart/alternative, encoded words. */
export function parseMail(raw: string): ParsedMail {
  const [header, body] = halves(raw)
  const headers = headersOf(header)
  const boundary = /boundary="([^"]+)"/.exec(headers.get('content-type') ?? '')?.[1]
  const parts = boundary === undefined ? [] : body.split(`--${boundary}`)
  return {
    subject: headers.get('subject') ?? '',
    from: headers.get('from') ?? '',
    to: headers.get('to') ?? '',
    date: headers.get('date') ?? '',
    html: contentOf(parts, 'text/html'),
    text: contentOf(parts, 'text/plain'),
    raw,
  }
}

function halves(entity: string): [header: string, body: string] {
  const at = entity.indexOf('\r\n\r\n')
  return at < 0 ? [entity, ''] : [entity.slice(0, at), entity.slice(at + 4)]
}

function headersOf(header: string): Map<string, string> {
  const lines = header.replaceAll(/\r\n(?=[ \t])/g, '').split('\r\n')
  return new Map(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), decodeWords(line.slice(colon + 1).trim())]
    }),
  )
}

function decodeWords(value: string): string {
  return value
    .replaceAll(/\?= +(?==\?)/g, '?=')
    .replaceAll(/=\?UTF-8\?Q\?([^?]*)\?=/gi, (_, text: string) => text.replaceAll('_', ' '))
    .replaceAll(/(?:=[0-9A-F]{2})+/g, (bytes) => decodeQuotedPrintable(bytes))
}

function contentOf(parts: string[], type: string): string {
  for (const part of parts) {
    const [header, body] = halves(part.replace(/^\r\n/, ''))
    if (headersOf(header).get('content-type')?.startsWith(type)) {
      return decodeQuotedPrintable(body.replace(/\r\n$/, '')).replaceAll('\r\n', '\n')
    }
  }
  return ''
}
