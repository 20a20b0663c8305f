/** Compile once, assemble per reader: fragments encoded for MIME, put together with a reader's own values. */
import { createHash } from 'node:crypto'
import { type CompiledMail, type Fragments, type Token, tokenPattern } from './compiled.js'
import {
  bracketedUrl,
  checkedAddress,
  encodeDate,
  encodeMailbox,
  encodePhrase,
  encodeText,
  headerLine,
  type Mailbox,
  verbatim,
} from './headers.js'
import { encodePiece } from './qp.js'
import { escapeHtml } from '../../format/text/escape-html.js'

/** Encoded bytes that every reader gets, or a value that is a reader's own. */
type Piece = Buffer | { token: Token; escape: Escape }
type Escape = (value: string) => string
type PreparedPart = { open: Piece[]; cards: Piece[][]; foot: Piece[] }

/** A mail whose fragments are encoded; holds no reader's data and may be kept as long as it is sent. */
export type PreparedMail = {
  subject: string
  contentType: string
  /** The body with every card in its own order. */
  whole: Piece[]
  parts: PreparedPart[]
  close: Buffer
}

/** What only a broadcast has (RFC 2369, 2919, 8058). */
export type ListHeaders = {
  name: string
  /** `papers.example.org` */
  id: string
  /** Takes the one-click POST of RFC 8058; https outside of a demo. */
  unsubscribeUrl: string
  /** Where a mail unsubscribes as well (RFC 2369). */
  unsubscribeMail?: string | undefined
  archiveUrl: string
  /** `edition:kind:publication:sender`, as Gmail's feedback loop reads it. */
  feedbackId: string
}

/** One reader's mail: its headers, the values for its tokens, and which cards in which order. */
export type ReaderMail = {
  from: Mailbox
  /** The bare address. */
  to: string
  /** Without angle brackets; the same for each try at a delivery. */
  messageId: string
  date: Date
  /** Where a reply goes, when not to the sender. */
  replyTo?: Mailbox | undefined
  /** Plain text; escaped for HTML where it lands in HTML. A token without a value is left empty. */
  values: Partial<Record<Token, string>>
  /** Indices into the cards; every card in its own order when absent. */
  order?: readonly number[]
  /** For each card of the order, what its tokens stand for; others have the values of the mail. */
  ofCards?: readonly Partial<Record<Token, string>>[]
  list?: ListHeaders
}

/** Encodes a compiled mail for MIME; do it once for all readers. */
export function prepareMail(compiled: CompiledMail): PreparedMail {
  const digest = createHash('sha256').update(JSON.stringify(compiled)).digest('base64url').slice(0, 24)
  // `=_` cannot occur in quoted-printable, so no content collides with it (RFC 2045 6.7).
  const boundary = `=_${digest}`
  const parts = [
    preparePart(compiled.text, `--${boundary}\r\nContent-Type: text/plain`, asItIs),
    preparePart(compiled.html, `\r\n--${boundary}\r\nContent-Type: text/html`, escapeHtml),
  ]
  const close = Buffer.from(`\r\n--${boundary}--\r\n`)
  return {
    subject: subjectLine(compiled.subject),
    contentType: `multipart/alternative; boundary="${boundary}"`,
    whole: joined([...parts.flatMap(({ open, cards, foot }) => [...open, ...cards.flat(), ...foot]), close]),
    parts,
    close,
  }
}

/** The header line of a subject. */
export const subjectLine = (subject: string) => headerLine('Subject', encodeText('Subject', subject))

/**
 * The whole message of one reader, not dot-stuffed; lines end with CRLF and stay within 998 octets.
 * The first buffer is the header with its empty line.
 * @throws Problem `invalid` for an address or a value that would break out of its header.
 */
export async function assembleMail(prepared: PreparedMail, mail: ReaderMail): Promise<Buffer[]> {
  return [Buffer.from(`${headerOf(prepared, mail)}\r\n`, 'utf8'), ...bodyOf(prepared, mail)]
}

function headerOf(prepared: PreparedMail, mail: ReaderMail): string {
  const lines =
    senderLine(mail.from) +
    (mail.replyTo ? headerLine('Reply-To', encodeMailbox('Reply-To', mail.replyTo)) : '') +
    headerLine('To', `<${checkedAddress(mail.to)}>`) +
    prepared.subject +
    headerLine('Date', encodeDate(mail.date)) +
    headerLine('Message-ID', `<${verbatim(mail.messageId)}>`) +
    'MIME-Version: 1.0\r\n' +
    headerLine('Content-Type', prepared.contentType) +
    'Auto-Submitted: auto-generated\r\n' +
    // For Exchange (MS-OXCMAIL), which heeds no Auto-Submitted; without its words for bounces, since those are wanted.
    'X-Auto-Response-Suppress: OOF, AutoReply\r\n'
  return mail.list ? lines + listHeaders(mail.list) : lines
}

const senderLines = new WeakMap<Mailbox, string>()

/** The same for every mail of a process. */
function senderLine(from: Mailbox): string {
  const known = senderLines.get(from) ?? headerLine('From', encodeMailbox('From', from))
  senderLines.set(from, known)
  return known
}

function listHeaders(list: ListHeaders): string {
  return (
    'Precedence: bulk\r\n' +
    headerLine('List-Id', `${encodePhrase('List-Id', list.name)} <${verbatim(list.id)}>`.trimStart()) +
    headerLine('List-Unsubscribe', waysToLeave(list)) +
    // RFC 8058 3.1: one click is for HTTPS alone.
    (list.unsubscribeUrl.startsWith('https:')
      ? 'List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n'
      : '') +
    headerLine('List-Archive', bracketedUrl(list.archiveUrl)) +
    headerLine('Feedback-ID', verbatim(list.feedbackId))
  )
}

/** The link comes first: programs that know both take the first. */
function waysToLeave({ unsubscribeUrl, unsubscribeMail }: ListHeaders): string {
  const link = bracketedUrl(unsubscribeUrl)
  return unsubscribeMail === undefined
    ? link
    : `${link}, <mailto:${encodeURI(checkedAddress(unsubscribeMail))}>`
}

function bodyOf(prepared: PreparedMail, mail: ReaderMail): Buffer[] {
  // A link to a reader's own pages stands in every card, and most links are the same in text and in HTML.
  const encoded = new Map<string, Buffer>()
  const fill = (piece: Piece): Buffer => {
    if (!('token' in piece)) return piece
    const text = piece.escape(mail.values[piece.token] ?? '')
    const known = encoded.get(text) ?? encodePiece(text)
    encoded.set(text, known)
    return known
  }
  return coalesced(
    mail.order ? inOrder(prepared, mail.order, mail.ofCards ?? [], fill) : prepared.whole.map(fill),
  )
}

/** What is shorter is copied beside its like: each buffer costs the socket as much as some hundred bytes. */
const short = 600

function coalesced(buffers: Buffer[]): Buffer[] {
  const result: Buffer[] = []
  let from = 0
  const end = (to: number) => {
    if (to - from > 1) result.push(Buffer.concat(buffers.slice(from, to)))
    else if (to > from) result.push(buffers[from]!)
  }
  for (const [at, { length }] of buffers.entries()) {
    if (length < short) continue
    end(at)
    result.push(buffers[at]!)
    from = at + 1
  }
  end(buffers.length)
  return result
}

function inOrder(
  prepared: PreparedMail,
  order: readonly number[],
  ofCards: NonNullable<ReaderMail['ofCards']>,
  fill: (piece: Piece) => Buffer,
): Buffer[] {
  const buffers: Buffer[] = []
  for (const part of prepared.parts) {
    for (const piece of part.open) buffers.push(fill(piece))
    for (const [place, index] of order.entries()) {
      const card = part.cards[index]
      if (!card) throw new RangeError(`the mail has no card ${index}`)
      const own = ofCards[place]
      for (const piece of card) {
        const value = 'token' in piece ? own?.[piece.token] : undefined
        buffers.push(
          'token' in piece && value !== undefined ? encodeShared(piece.escape, value) : fill(piece),
        )
      }
    }
    for (const piece of part.foot) buffers.push(fill(piece))
  }
  buffers.push(prepared.close)
  return buffers
}

/** Ranks and reasons are the same for many readers. */
const mostShared = 20_000
const shared = new Map<Escape, Map<string, Buffer>>()

function encodeShared(escape: Escape, value: string): Buffer {
  const known = shared.get(escape) ?? new Map<string, Buffer>()
  shared.set(escape, known)
  const found = known.get(value)
  if (found) return found
  if (known.size >= mostShared) known.clear()
  const made = encodePiece(escape(value))
  known.set(value, made)
  return made
}

const asItIs: Escape = (value) => value

function preparePart(fragments: Fragments, opening: string, escape: Escape): PreparedPart {
  const headers = `${opening}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`
  return {
    open: joined([Buffer.from(headers), ...cut(fragments.head, escape)]),
    cards: fragments.cards.map((card) => cut(card, escape)),
    foot: cut(fragments.foot, escape),
  }
}

/** Puts neighbouring bytes together, so that a message is few buffers. */
function joined(pieces: Piece[]): Piece[] {
  const result: Piece[] = []
  for (const piece of pieces) {
    const last = result.at(-1)
    const both = Buffer.isBuffer(last) && Buffer.isBuffer(piece)
    if (both) result[result.length - 1] = Buffer.concat([last, piece])
    else result.push(piece)
  }
  return result
}

/** Cuts a fragment at its tokens; `split` puts each token's name between the texts around it. */
function cut(fragment: string, escape: Escape): Piece[] {
  return fragment
    .split(tokenPattern)
    .map((text, at): Piece => (at % 2 === 1 ? { token: text as Token, escape } : encodePiece(text)))
    .filter((piece) => !Buffer.isBuffer(piece) || piece.length > 0)
}
